"""Windows of catalogues for a period: readable, with the catalogue's burn rates; and what a catalogue may say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slosmith
from slosmith.formats.catalogues import SHORTEST_WINDOW, Tier, Tiers, scaled
from slosmith.formats.declarations import CatalogueDeclaration
from slosmith.formats.dialects.pyrra.windows import pyrra_windows
from slosmith.model import DAY, HOUR, MINUTE, Duration
from slosmith.settings import Project


@pytest.fixture(scope="module")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CatalogueDeclaration]:
    from slosmith.workspace import load

    specs = tmp_path_factory.mktemp("empty") / "slo_specs"
    specs.mkdir()
    project: Project = load(specs).project
    return {catalogue.name: catalogue for catalogue in project.catalogues}


def days(count: int) -> Duration:
    return Duration(count * DAY.milliseconds)


def lengths(catalogue: CatalogueDeclaration, period: str) -> list[str]:
    return [f"{each.name} {each.long}/{each.short}" for each in catalogue.windows.windows(Duration.parse(period))]


MONTH = ["1h 1h/5m", "6h 6h/30m", "1d 1d/2h", "3d 3d/6h"]
DEFAULT = {
    "1d": ["5m 5m/5m", "13m 13m/5m", "50m 50m/5m", "2h30m 2h30m/13m"],
    "7d": ["15m 15m/5m", "1h30m 1h30m/8m", "6h 6h/30m", "18h 18h/1h30m"],
    "14d": ["30m 30m/5m", "3h 3h/15m", "12h 12h/1h", "1d12h 1d12h/3h"],
    "28d": MONTH,
    "29d": MONTH,
    "30d": MONTH,
    "31d": MONTH,
    "91d": ["3h15m 3h15m/16m", "20h 20h/1h40m", "3d6h 3d6h/6h30m", "10d 10d/20h"],
    "365d": ["13h 13h/1h5m", "3d6h 3d6h/6h30m", "13d 13d/1d2h", "39d 39d/3d6h"],
}


@pytest.mark.parametrize("period", DEFAULT)
def test_the_default(period: str, builtin: dict[str, CatalogueDeclaration]) -> None:
    assert lengths(builtin["default"], period) == DEFAULT[period]


def test_tools_own(builtin: dict[str, CatalogueDeclaration]) -> None:
    assert lengths(builtin["sloth"], "28d") == lengths(builtin["sloth"], "30d") == MONTH
    assert [str(each.budget_share) for each in builtin["sloth"].windows.windows(days(28))] == [
        "0.02", "0.05", "0.1", "0.1",
    ]  # fmt: skip
    assert [period for period in range(1, 367) if builtin["sloth"].windows.suits(days(period))] == [28, 30]
    assert lengths(builtin["sre-workbook"], "30d") == [MONTH[0], MONTH[1], MONTH[3]]
    assert lengths(builtin["pyrra"], "30d") == ["1h4m 1h4m/5m", "6h26m 6h26m/32m", "1d1h43m 1d1h43m/2h9m",
                                                "4d6h51m 4d6h51m/6h26m"]  # fmt: skip
    for period in (1, 7, 28, 90, 365):  # a spec of Pyrra's has the same windows, under names that do not change
        own = [(w.long, w.short, w.budget_share) for w in pyrra_windows(days(period)).values()]
        assert own == [(w.long, w.short, w.budget_share) for w in builtin["pyrra"].windows.windows(days(period))]


@settings(max_examples=400, deadline=None)
@given(period=st.integers(1, 366), name=st.sampled_from(["default", "sre-workbook", "pyrra"]))
def test_every_period(period: int, name: str, builtin: dict[str, CatalogueDeclaration]) -> None:
    windows = builtin[name].windows.windows(days(period))
    reference = builtin[name].windows.windows(builtin[name].windows.periods[0])
    assert len({window.name for window in windows}) == len(windows) == len(reference)
    burn_rates = []
    for window, usual in zip(windows, reference, strict=True):
        assert SHORTEST_WINDOW <= window.short <= window.long < days(period)
        for length in (window.long, window.short):
            assert length.milliseconds % MINUTE.milliseconds == 0
            if name != "pyrra" and length > DAY:
                assert length.milliseconds % HOUR.milliseconds == 0
        burn_rates.append(window.budget_share * period * 86400 / window.long.seconds)
        if not 28 <= period <= 31:
            own = usual.budget_share * builtin[name].windows.periods[0].seconds / usual.long.seconds
            assert burn_rates[-1] == pytest.approx(own, rel=Decimal("1e-20"))
    assert burn_rates == sorted(burn_rates, reverse=True)
    assert round(burn_rates[-1], 12) >= 1


@given(minutes=st.integers(5, 100_000), period=st.integers(1, 366))
def test_readable_windows_are_near(minutes: int, period: int) -> None:
    window = scaled(Duration(minutes * MINUTE.milliseconds), days(28), days(period))
    exact = Decimal(minutes) * period / 28
    off = abs(window.seconds / 60 - exact)
    assert off <= max(exact * Decimal("0.03"), Decimal("0.5"))


def test_tiers_that_become_alike() -> None:
    """Of tiers with the same windows and severity the lower burn rate stays; names stay unique."""
    tiers = Tiers(
        tiers=(
            Tier(long=HOUR, short=Duration.parse("5m"), severity="page", burn_rate=Decimal(14)),
            Tier(long=Duration.parse("2h"), short=Duration.parse("10m"), severity="page", burn_rate=Decimal(9)),
            Tier(long=Duration.parse("2h"), short=Duration.parse("10m"), severity="ticket", burn_rate=Decimal(4)),
        ),
        periods=(days(28),),
        scales=True,
    )
    found = tiers.windows(days(1))
    assert [(each.name, str(each.long)) for each in found] == [("5m-page-5m-2", "5m"), ("5m-ticket-5m", "5m")]


def test_times_of_alerts_scale_with_the_windows() -> None:
    """``for`` and ``keep_firing_for`` belong to the lengths of the windows; they are a minute at least."""
    three, day = Duration.parse("3h"), days(1)
    tier = Tier(long=days(3), short=Duration.parse("6h"), severity="ticket", burn_rate=Decimal(2), hold=three, keep=day)
    tiers = Tiers(tiers=(tier,), periods=(days(28), days(30)), scales=True)

    def times(period: int) -> tuple[str, str]:
        (window,) = tiers.windows(days(period))
        return str(window.hold), str(window.keep)

    assert [times(period) for period in (1, 7, 28, 30, 91)] == [
        ("6m", "50m"), ("45m", "6h"), ("3h", "1d"), ("3h", "1d"), ("10h", "3d6h"),
    ]  # fmt: skip


OWN = """\
version: slosmith/v1
kind: AlertCatalogue
name: own
{settings}
windows:
  - {{{share}, long: 1h, short: 5m, severity: page}}
  - {{name: slow, burn_rate: 1.02, long: 3d, short: 6h, severity: ticket}}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: api
team: web
period: {rolling: 7d}
alerting: {catalogue: own}
objectives:
  availability: {target: 99%, indicator: {counter_ratio: {total: 'x_total', bad: 'x_total{code="500"}'}}}
"""


def read(folder: Path, settings: str, share: str = "budget_share: 2%") -> slosmith.Workspace:
    (folder / "services").mkdir()
    (folder / "catalogues").mkdir()
    (folder / "services/api.yaml").write_text(SERVICE, "utf-8")
    (folder / "catalogues/own.yaml").write_text(OWN.format(settings=settings, share=share), "utf-8")
    return slosmith.load(folder)


def test_a_projects_own_catalogue_scales(tmp_path: Path) -> None:
    workspace = read(tmp_path, "periods: [28d]\nscales: true")
    assert workspace.problems == ()
    ((slo,),) = (service.slos for service in workspace.services)
    assert slo.alerting is not None
    assert [(each.name, str(each.long), str(each.short)) for each in slo.alerting.windows] == [
        ("15m", "15m", "5m"), ("slow", "18h", "1h30m"),
    ]  # fmt: skip


@pytest.mark.parametrize(("settings", "share", "expected"), [
    ("periods: [28d, 30d]", "budget_share: 2%",
     ["RES324 the alert catalogue 'own' is for 28d and 30d, not 7d | `catalogue: default` scales its windows with the"
      " period; or set the period"]),
    ("scales: true", "budget_share: 2%",
     ["SCH204 `scales: true` needs `periods` | add `periods: [28d]`, the periods that the windows are made for"]),
    ("round_to: 90s", "budget_share: 2%", ["SCH207 `round_to` of 1m30s is not whole minutes | such as 1m"]),
    ("periods: [90m]", "budget_share: 2%", ["SCH215 a period of 1h30m is not whole hours | such as 28d or 30d"]),
    ("description: A.", "budget_share: 2%, burn_rate: 3",
     ["SCH209 a tier has a budget share or a burn rate, not both | remove one of them"]),
    ("description: A.", "name: fast",
     ["SCH204 the key 'budget_share' is missing | add `budget_share: 2%`, or `burn_rate: 14.4`"]),
])  # fmt: skip
def test_what_a_catalogue_may_not_say(settings: str, share: str, expected: list[str], tmp_path: Path) -> None:
    found = read(tmp_path, settings, share).problems
    assert [f"{each.code} {each.message} | {each.hint}" for each in found] == expected
