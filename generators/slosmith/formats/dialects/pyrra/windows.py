"""Pyrra's alert windows: the built-in catalogue ``pyrra``, with the names of the fields in Pyrra's specs."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec

from slosmith.formats.catalogues import Tier, Tiers, scaled
from slosmith.formats.declarations import CatalogueDeclaration
from slosmith.formats.dialects.slosmith import v1
from slosmith.formats.yaml import document
from slosmith.model import MINUTE, BurnRateWindow, Duration
from slosmith.model.objectives import without_covered

FIELDS = ("fastBurn", "mediumBurn", "slowBurn", "longTermBurn")
"""The tiers' names in ``alerting.severities``, fastest first."""
SEVERITY_LABELS = {"page": "critical", "ticket": "warning"}
"""Pyrra's values of the label ``severity``."""

_CATALOGUE = Path(__file__).parents[2] / "data" / "catalogues" / "pyrra.yaml"
_ABSENT_FOR = Duration.parse("2m")


@cache
def pyrra_tiers() -> Tiers:
    """The four tiers. A tier is named by its long window of four weeks: routing may use this label, so it does not
    change with the period.
    """
    (text,) = document.read(_CATALOGUE.read_text("utf-8"), "").documents
    (catalogue,), problems = v1.declare(text)
    assert isinstance(catalogue, CatalogueDeclaration), problems
    windows = catalogue.windows
    named = tuple(msgspec.structs.replace(tier, name=str(tier.long)) for tier in windows.tiers)
    return msgspec.structs.replace(windows, tiers=named)


def of_fields() -> dict[str, Tier]:
    """Field in ``alerting.severities`` -> tier."""
    return dict(zip(FIELDS, pyrra_tiers().tiers, strict=True))


def pyrra_windows(period: Duration) -> dict[str, BurnRateWindow]:
    """Field in ``alerting.severities`` -> window, of the tiers that can fire alone in this period."""
    fields = {tier.name: field for field, tier in of_fields().items()}
    return {fields[window.name]: window for window in without_covered(pyrra_tiers().windows(period))}


def absent_for(period: Duration) -> Duration:
    """How long data has to be missing before Pyrra alerts: 2m of four weeks, and a minute at least."""
    tiers = pyrra_tiers()
    return max(scaled(_ABSENT_FOR, tiers.periods[0], period, tiers.round_to), MINUTE)


def is_pyrras(windows: tuple[BurnRateWindow, ...], period: Duration) -> bool:
    """Whether these are the windows that Pyrra has for ``period``."""

    def key(window: BurnRateWindow) -> tuple[Duration, Duration, Decimal]:
        return window.long, window.short, round(window.budget_share, 12)

    return {key(window) for window in windows} == {key(window) for window in pyrra_windows(period).values()}
