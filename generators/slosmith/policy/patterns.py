"""Finds the regular expressions that the spec's author wrote in matchers. Those of templates are left out."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Matcher, Origin, Slo
from slosmith.policy.context import Context
from slosmith.policy.expressions import place, used_selectors
from slosmith.sli.template import Narrowing, Reference, SelectorTemplate, Template

_META = frozenset("\\.+*?()|[]{}^$")


def is_literal(pattern: str) -> bool:
    """Whether a regular expression matches itself and nothing else."""
    return not _META & set(pattern)


def written_patterns(slo: Slo, context: Context) -> Iterator[tuple[Matcher, Origin]]:
    """Each ``=~`` and ``!~`` matcher whose pattern the spec's author wrote, once, with its place.

    All of them in an indicator without a template; with a template, those from a parameter of type regex.
    """
    parameters: dict[str, str] = {}
    if slo.template:
        template = context.template_of(slo)
        if template is None:
            return
        parameters = context.memo(("regex parameters", slo.template), lambda: _regex_parameters(template))
    seen: set[Matcher] = set()
    for used in used_selectors(slo):
        for matcher in used.selector.matchers:
            if matcher.op not in ("=~", "!~") or matcher in seen:
                continue
            seen.add(matcher)
            if not slo.template:
                yield matcher, place(slo, used.path)
            elif matcher.label in parameters:
                yield matcher, place(slo, ("with", parameters[matcher.label]))


def _regex_parameters(template: Template) -> dict[str, str]:
    """Label -> the parameter of type regex that is the whole value of its matcher."""
    found: dict[str, str] = {}
    for indicator in template.indicators.values():
        parts: list[SelectorTemplate | Narrowing] = [*indicator.select, *indicator.bad, *indicator.good]
        for part in parts:
            for item in part.match:
                name = item.parameter
                if name is None or item.prefix or item.suffix or isinstance(item.label, Reference):
                    continue
                if name in template.parameters and template.parameters[name].type == "regex":
                    found[item.label] = name
    return found
