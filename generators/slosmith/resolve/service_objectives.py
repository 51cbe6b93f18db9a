"""The objectives of a service: those of its class, with the overrides that the class allows, and the service's own."""

from __future__ import annotations

import msgspec

from slosmith.formats.declarations import ClassDeclaration, ObjectiveDeclaration, Override, ServiceDeclaration
from slosmith.model import Origin
from slosmith.problems import at
from slosmith.problems.nearest import nearest, suggestion
from slosmith.resolve.context import Context
from slosmith.vocabulary.numbers import percent_exact


class Layers(msgspec.Struct, frozen=True):
    """One objective of one service: the class's part and the service's part. One of them may be missing."""

    name: str
    general: ObjectiveDeclaration | None
    own: ObjectiveDeclaration | None

    def pick(self, field: str) -> tuple[object, Origin]:
        """The value of ``field`` and its origin: the service's, else the class's, else None."""
        for part in (self.own, self.general):
            if part is not None and field in part.removed:
                return None, part.at(field)
            if part is not None:
                value = getattr(part, field)
                if value not in (None, "", ()):
                    return value, part.at(field)
        return None, Origin("default")

    @property
    def origin(self) -> Origin:
        part = self.own or self.general
        return part.origin if part is not None else Origin("default")


def objectives_of(context: Context, service: ServiceDeclaration, slo_class: ClassDeclaration | None) -> list[Layers]:
    """All objectives of a service: the class's in its order, then the service's own, without those not guaranteed."""
    own = {objective.name: objective for objective in service.objectives}
    general = {objective.name: objective for objective in slo_class.objectives} if slo_class is not None else {}
    stated = {item.indicator: item for item in service.no_guarantees}
    if slo_class is not None:
        _check_contradictions(context, service, slo_class)
    for name, item in stated.items():
        if name in own:
            message = f"'{name}' has both an objective and `no_guarantee:`"
            context.report("RES321", message, item.origin, hint="remove one of them", subject=service.name)
    overrides = {item.objective: item for item in slo_class.overrides} if slo_class is not None else {}
    found = []
    for name, objective in general.items():
        if name in stated:
            continue
        mine = own.get(name)
        if mine is not None and slo_class is not None:
            _check_override(context, service, slo_class, objective, mine, overrides.get(name))
        found.append(Layers(name, objective, mine))
    for name, objective in own.items():
        if name not in general:
            if slo_class is not None and _only_aspires(objective):
                hint = suggestion(name, general, "its objectives")
                message = f"class '{slo_class.name}' has no objective '{name}'"
                context.report("RES307", message, objective.origin, hint=hint, subject=service.name, on_key=True)
                continue
            found.append(Layers(name, None, objective))
    return found


def _only_aspires(objective: ObjectiveDeclaration) -> bool:
    """True for an entry that changes an objective, and has no target itself."""
    return objective.target_ratio is None


def _check_contradictions(context: Context, service: ServiceDeclaration, slo_class: ClassDeclaration) -> None:
    offered = {objective.name for objective in slo_class.objectives}
    for item in slo_class.no_guarantees:
        if item.indicator in offered:
            message = f"'{item.indicator}' has both an objective and `no_guarantee:`"
            context.report("RES321", message, item.origin, hint="remove one of them", subject=slo_class.name)
    for item in service.no_guarantees:
        meant = nearest(item.indicator, offered)
        if item.indicator not in offered and meant is not None:  # a typo: the objective would stay
            message = f"class '{slo_class.name}' has no objective for '{item.indicator}'"
            place = at(item.origin, "indicator")
            context.report("RES322", message, place, hint=f"did you mean '{meant}'?", subject=service.name)


def _check_override(
    context: Context,
    service: ServiceDeclaration,
    slo_class: ClassDeclaration,
    general: ObjectiveDeclaration,
    own: ObjectiveDeclaration,
    allowed: Override | None,
) -> None:
    """A service may change a class's target, threshold or indicator only as far as the class allows."""

    def refuse(field: str, what: str, hint: str) -> None:
        message = f"class '{slo_class.name}' does not allow {what} for {own.name}"
        context.report("RES307", message, own.at(field), hint=hint, subject=service.name)

    if own.target_ratio is not None and own.target_ratio != general.target_ratio:
        bounds = allowed.target if allowed is not None else None
        shown = percent(own.target_ratio)
        if bounds is None:
            refuse(
                "target_ratio",
                f"a target of {shown}",
                f"it is {percent(general.target_ratio)}: {_how(slo_class, general, own, 'target')}",
            )
        elif not bounds[0] <= own.target_ratio <= bounds[1]:
            refuse("target_ratio", f"a target of {shown}", f"allowed: {percent(bounds[0])} to {percent(bounds[1])}")
    if own.threshold is not None and own.threshold != general.threshold:
        thresholds = allowed.thresholds if allowed is not None else ()
        if own.threshold not in thresholds:
            choices = sorted({*thresholds, *([general.threshold] if general.threshold else [])})
            hint = (
                f"allowed: {', '.join(map(str, choices))}" if thresholds else _how(slo_class, general, own, "threshold")
            )
            refuse("threshold", f"a threshold of {own.threshold}", hint)
    if "threshold" in own.removed and general.threshold is not None and not (allowed is not None and allowed.indicator):
        # what has no threshold counts other events
        refuse("threshold", "an objective without a threshold", _how(slo_class, general, own, "indicator"))
    if own.indicator is not None and not (allowed is not None and allowed.indicator):
        refuse("indicator", "another indicator", _how(slo_class, general, own, "indicator"))
    if own.period is not None:
        refuse("period", "another period", "the class decides the period")


def _how(slo_class: ClassDeclaration, general: ObjectiveDeclaration, own: ObjectiveDeclaration, field: str) -> str:
    """The `overrides` of the class that would allow exactly this override."""
    if field == "target":
        targets = sorted(each for each in (general.target_ratio, own.target_ratio) if each is not None)
        example = f"{{min: {percent(targets[0])}, max: {percent(targets[-1])}}}"
    elif field == "threshold":
        thresholds = {each for each in (general.threshold, own.threshold) if each is not None}
        example = f"[{', '.join(map(str, sorted(thresholds)))}]"
    else:
        example = "true"
    return f"to allow it, write in the class `overrides: {{{own.name}: {{{field}: {example}}}}}`"


def percent(value: object) -> str:
    """A ratio in percent: 0.995 is ``99.5%``."""
    from decimal import Decimal

    return percent_exact(Decimal(str(value))) if value is not None else "not set"
