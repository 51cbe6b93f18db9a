"""The alert catalogue of an objective, and its windows for the objective's period."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from slosmith.formats.catalogues import Tiers, at_least
from slosmith.formats.declarations import AlertingDeclaration, CatalogueDeclaration
from slosmith.model import BurnRateWindow, Duration, Origin
from slosmith.problems import Severity
from slosmith.problems.nearest import suggestion
from slosmith.resolve.context import Context
from slosmith.schemes.registry import own_schemes, scheme
from slosmith.vocabulary.names import DEFAULT_CATALOGUE


class Chosen(msgspec.Struct, frozen=True):
    """A catalogue, or tiers that a spec has itself (``name`` is empty), and where they were chosen."""

    name: str
    tiers: Tiers
    origin: Origin
    windows_at: Origin
    """Where the windows are written."""


def usual_catalogue(context: Context, own: str, rolling: Duration, *, by_period: bool) -> str:
    """The catalogue of a spec that names none.

    ``by_period``: the project's catalogue for exactly this period, as in Sloth. Else the spec's format may have its
    ``own`` catalogue, or the rules imitate a tool that has one. It is used for the periods that it is made for, unless
    the project has a default of its own. In all other cases it is the default catalogue.
    """
    if by_period:
        for catalogue in context.project.catalogues:
            if catalogue.origin.file and rolling in catalogue.windows.periods:
                return catalogue.name
    wanted = context.catalogues.get(own or context.scheme.usual_catalogue)
    default = context.catalogues.get(DEFAULT_CATALOGUE)
    if wanted is None or (default is not None and default.origin.file):
        return DEFAULT_CATALOGUE
    return wanted.name if wanted.windows.suits(rolling) else DEFAULT_CATALOGUE


def choose(
    context: Context, layers: Sequence[AlertingDeclaration | None], usual: str, subject: str
) -> Chosen | None:  # fmt: skip
    """The catalogue of the last layer that sets one, else ``usual``. None if it does not exist (reported)."""
    tiers: Tiers | None = None
    name, origin = usual, Origin("default")
    for layer in layers:
        if layer is None:
            continue
        if layer.windows is not None:
            tiers, name, origin = layer.windows, "", layer.at("windows")
        elif layer.catalogue is not None:
            tiers, name, origin = None, layer.catalogue, layer.at("catalogue")
        elif "catalogue" in layer.removed:
            tiers, name, origin = None, usual, layer.at("catalogue")
    if tiers is not None:
        return Chosen(name, tiers, origin, origin)
    found: CatalogueDeclaration | None = context.catalogues.get(name)
    if found is not None:
        return Chosen(name, found.windows, origin, found.at("windows"))
    if not context.is_broken("catalogue", name):
        hint = suggestion(name, {*context.catalogues, *context.unread.get("catalogue", ())}, "catalogues")
        context.report("RES302", f"there is no alert catalogue '{name}'", origin, hint=hint, subject=subject)
    return None


def windows_for(
    context: Context, chosen: Chosen, rolling: Duration, period_at: Origin, subject: str
) -> tuple[BurnRateWindow, ...]:  # fmt: skip
    """The windows for a period; reports windows that are not made for it."""
    tiers = chosen.tiers
    if not tiers.suits(rolling):
        made_for = " and ".join(period.in_days for period in sorted(tiers.periods))
        message = f"the alert catalogue '{chosen.name}' is for {made_for}, not {rolling.in_days}"
        hint = f"`catalogue: {DEFAULT_CATALOGUE}` scales its windows with the period; or set the period"
        context.report("RES324", message, chosen.origin, hint=hint, subject=subject)
    windows = tiers.windows(rolling)
    shortest = context.scheme.shortest_window
    if shortest is not None:
        windows = _not_below(context, windows, shortest, chosen.windows_at, subject)
    longest = max((window.long for window in windows), default=None)
    if longest is not None and longest >= rolling and tiers.suits(rolling):
        # also, both ratios (over the period and over the window) would be the same recording, written twice
        message = f"the longest alert window, {longest.in_days}, is not shorter than the period, {rolling.in_days}"
        hint = "name a catalogue with shorter windows or with `scales: true`, or set a longer period"
        place = period_at if period_at.file else chosen.origin
        context.report("RES331", message, place, hint=hint, subject=subject)
    return windows


def _not_below(
    context: Context, windows: tuple[BurnRateWindow, ...], shortest: Duration, origin: Origin, subject: str
) -> tuple[BurnRateWindow, ...]:
    """The windows, none below ``shortest``: the scheme records rates over that time, and derives all other windows."""
    short = sorted({length for each in windows for length in (each.long, each.short) if length < shortest})
    if not short:
        return windows
    message = f"{context.scheme.title} read rates over {shortest}, so the window of {short[0]} becomes {shortest}"
    others = " or ".join(f"`rules: {name}`" for name in own_schemes() if scheme(name).shortest_window is None)
    hint = f"with {others} every window is read from the raw series, unchanged"
    context.report("RES333", message, origin, hint=hint, subject=subject, severity=Severity.NOTICE)
    return at_least(windows, shortest)
