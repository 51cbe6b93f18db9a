"""Whole chains of rules over seeded traces: every recorded value and every alert, as promtool has them.

Traces end before 36 hours: promtool's storage compacts itself in longer tests, and can lose series (up to 3.3).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slosmith.history.arithmetic import Series
from slosmith.model import Duration, Indicator, Slo
from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.calendars import compile_calendars
from slosmith.schemes.registry import scheme
from slosmith.vocabulary.provenance import Source
from tests.history.arithmetic.comparing import differences
from tests.history.arithmetic.seeding import counter
from tests.schemes.ruletests.slos import COUNTERS, EITHER, HISTOGRAM, PROBE, QUARTER, RATIO, service, slo

SOURCE = Source("specs/", "make generate")
MINUTE = Duration(60_000)
CHAINS: dict[str, tuple[str, Slo]] = {
    "weighted-counters": ("weighted", slo(indicator=COUNTERS)),
    "weighted-counters-grouped": ("weighted", slo(indicator=COUNTERS, group_by=("zone",))),
    "weighted-latency": ("weighted", slo(indicator=HISTOGRAM, target="0.9", rolling="7d")),
    "weighted-probe": ("weighted", slo(indicator=PROBE, target="0.999", rolling="91d")),
    "weighted-ratio": ("weighted", slo(indicator=RATIO)),
    "sloth-counters": ("sloth", slo(indicator=COUNTERS)),
    "sloth-latency": ("sloth", slo(indicator=EITHER, target="0.999")),
}

SHOWN_BY_OTHERS = ("weighted-counters", "weighted-latency", "weighted-probe", "weighted-ratio", "sloth-latency")
"""Chains whose functions and operators are all in the chains of counters with groups and of Sloth's counters, but for
clamp_min, which test_expressions.py asks promtool about, and functions of native histograms, which give nothing for
classic ones. `make test` leaves them out.
"""


def texts(rules: str, one: Slo) -> list[str]:
    compiled = scheme(rules).compile_service(service([one]), MINUTE)
    files = [compiled] if rules == "sloth" else [compile_calendars([QUARTER], MINUTE), compiled]
    return [rule_file_text(file, SOURCE) for file in files]


def requests(rng: np.random.Generator, minutes: int, busy: float) -> list[Series]:
    """Two instances of a shop: an outage, a slow burn, restarts, a gap, a birth, an end, one NaN."""
    failing = np.full(minutes + 1, busy * 0.01)
    failing[minutes // 3 : minutes // 3 + 50] = busy * 0.7
    failing[minutes // 2 : minutes // 2 + 90] = busy * 0.08
    found = []
    for number, (zone, phase) in enumerate((("a1", 0), ("a2", 15))):
        base = {"__name__": "http_requests_total", "job": "shop", "handler": "/buy", "zone": zone}
        for code, rate in (("200", busy), ("503", failing)):
            labels = tuple({**base, "code": code}.items())
            found.append(
                counter(
                    rng, labels, minutes, rate, phase=phase, restarts=[minutes // 5, minutes // 2 + 20],
                    gaps=[(minutes // 4, minutes // 4 + 9)] if number else [(30, 33)],
                    born=0 if code == "200" else 40 + 100 * number,
                    ends=minutes - 100 if number else None,
                    nan=[minutes * 2 // 3] if number and code == "503" else (),
                )
            )  # fmt: skip
    return found


def of_kind(indicator: Indicator, rng: np.random.Generator, minutes: int) -> list[Series]:
    if indicator is COUNTERS:
        return requests(rng, minutes, 40)
    if indicator is PROBE:
        labels = (("__name__", "probe_success"), ("job", "blackbox"), ("site", "x"))
        series = counter(rng, labels, minutes, 1, scrape=60)
        series.samples.values[:] = rng.random(len(series.samples.values)) < 0.97
        return [series]
    if indicator is RATIO:
        parts = (("jobs_total", 20.0), ("jobs_failed_total", 1.0))
        return [counter(rng, (("__name__", name), ("queue", "mail")), minutes, rate) for name, rate in parts]
    return _durations(rng, minutes)


def _durations(rng: np.random.Generator, minutes: int) -> list[Series]:
    base = (("job", "shop"), ("code", "200"))
    slow, fast = np.full(minutes + 1, 1.0), np.full(minutes + 1, 20.0)
    slow[minutes // 2 : minutes // 2 + 60], fast[minutes // 2 : minutes // 2 + 60] = 15.0, 5.0
    under = counter(rng, (("__name__", "http_duration_milliseconds_bucket"), ("le", "500"), *base), minutes, fast)
    over = counter(rng, (("__name__", "x"),), minutes, slow)
    total = Series((("__name__", "http_duration_milliseconds_count"), *base), under.samples)
    under.samples.values.flags.writeable = False
    total.samples = type(under.samples).scraped(under.samples.times, under.samples.values + over.samples.values)
    return [under, total]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=(pytest.mark.all,) if name in SHOWN_BY_OTHERS else ()) for name in CHAINS]
)
def test_a_scheme(name: str, promtool: Path, tmp_path: Path) -> None:
    rules, one = CHAINS[name]
    minutes = 720
    series = of_kind(one.indicator, np.random.default_rng(len(name)), minutes)
    found, compared = differences(promtool, tmp_path, texts(rules, one), series, minutes, every=9)
    assert found == []
    assert compared > 500


@pytest.mark.all
@pytest.mark.parametrize("rules", ["weighted", "sloth"])
@pytest.mark.parametrize("busy", [0.02, 3, 6000])
def test_every_minute_of_a_long_trace(rules: str, busy: float, promtool: Path, tmp_path: Path) -> None:
    """As above for 33 hours at each minute, from one request in 50 minutes to 100 a second."""
    minutes = 33 * 60
    series = requests(np.random.default_rng(int(busy * 100)), minutes, busy)
    found, compared = differences(promtool, tmp_path, texts(rules, slo(indicator=COUNTERS)), series, minutes)
    assert found == []
    assert compared > 20_000


def flapping(rng: np.random.Generator, minutes: int) -> list[Series]:
    """Gauges that cross a threshold for one minute to twenty, and vanish at times."""
    found = []
    for number in range(6):
        lengths = rng.integers(1, 4 + 4 * number, minutes)
        values = np.repeat(rng.random(minutes), lengths)[: minutes * 2]
        series = counter(rng, (("__name__", "g"), ("n", str(number))), minutes, 1, gaps=[(100, 120), (200, 203)])
        series.samples.values[:] = values[: len(series.samples.values)]
        found.append(series)
    return found


ALERTS = """\
groups:
  - name: alerts
    rules:
      - {alert: Now, expr: g > 0.5}
      - {alert: Held, expr: g > 0.5, for: 5m}
      - {alert: Kept, expr: g > 0.5, keep_firing_for: 7m}
      - {alert: Both, expr: g > 0.5, for: 3m, keep_firing_for: 4m, labels: {severity: page}}
      - {alert: Long, expr: sum(g) by (n) > 0.3, for: 8m, keep_firing_for: 1m}
      - {alert: Shorter, expr: g > 0.5, for: 90s, keep_firing_for: 30s}
      - {alert: Absent, expr: 'absent(g{n="9", n="3"}) or absent(g{n="3"})', for: 2m}
"""


def test_states_of_alerts(promtool: Path, tmp_path: Path) -> None:
    found, compared = differences(promtool, tmp_path, [ALERTS], flapping(np.random.default_rng(5), 400), 400)
    assert found == []
    assert compared > 2000


ORDER = """\
groups:
  - name: first
    rules:
      - {record: reads_later, expr: sum(later) or vector(-1)}
      - {record: range_of_later, expr: 'sum_over_time(later[5m])'}
      - {record: later_before, expr: later offset 2m}
      - {record: steps_of_later, expr: 'sum_over_time(later[10m:3m])'}
      - {record: steps_of_known, expr: 'sum_over_time((later or later offset 2m)[12m:4m])'}
      - {record: steps_before, expr: 'max_over_time(later[9m:3m] offset 1m)'}
      - {record: rates, expr: 'rate(second{of="g"}[10m:1m]) or 0 * count_over_time(second{of=""}[7m:7m])'}
      - {record: of_another_group, expr: 'max_over_time(second[3m])'}
      - {record: renamed, expr: 'label_replace(g, "m", "x", "n", "1|3")'}
      - {record: nameless, expr: 'label_replace(g{n="1"}, "n", "", "n", "1")'}
      - {record: of_a_union, expr: 'label_replace(g + 1, "slo_union", "1", "", "")'}
      - {record: later, expr: 'g > 0.4'}
      - {record: after, expr: 'later * 2'}
      - {record: after_again, expr: 'count_over_time(after[4m:2m])'}
      - {record: gone, expr: 'last_over_time(later[2m])'}
  - name: second
    rules:
      - {record: second, expr: after + 1}
      - {record: second, expr: 'min by (n) (g)', labels: {of: g}}
"""


def test_rules_that_read_each_other_in_any_order(promtool: Path, tmp_path: Path) -> None:
    found, compared = differences(promtool, tmp_path, [ORDER], flapping(np.random.default_rng(6), 300), 300)
    assert found == []
    assert compared > 3000
