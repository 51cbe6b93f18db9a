"""Every SLI template and every kind of indicator: recordings are compared with counted events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from slosmith.model import Duration, Slo
from slosmith.model.rules import RecordingRule, Rule
from slosmith.schemes.weighted.service_rules import compile_slo
from slosmith.sli.library import library
from slosmith.vocabulary import names
from tests.prometheus_api import PrometheusApi
from tests.sampling import Sample
from tests.truth import exposition, remote_write, server
from tests.truth.comparing import Comparison, verdict
from tests.truth.counting import Counted, Truth
from tests.truth.histories import EVALUATED, OUTAGE, SPAN, KindCase, Known
from tests.truth.kinds import kind_cases, native_case, raw_ratio_case
from tests.truth.recorded import HEAD_IN_ONE_PIECE
from tests.truth.recorder import Recorder, Times, ranges_of
from tests.truth.template_histories import template_cases

pytestmark = [pytest.mark.prometheus, pytest.mark.slow, pytest.mark.xdist_group("truth-kinds")]

FIRST, EVERY, LAST = 60, 7, SPAN.minutes - 1
WINDOWS = {"1h": 60, "2h": 120, "6h": 360, "1d": 1440}
WANTED = {
    names.TOTAL_RATE, names.BAD_RATE, names.TOTAL_HOUR, names.BAD_HOUR,
    *(names.error_ratio(Duration.parse(window)) for window in WINDOWS),
}  # fmt: skip


class Kinds:
    def __init__(self, cases: list[KindCase], raw_ratio: KindCase, recorded: PrometheusApi) -> None:
        self.cases, self.raw_ratio, self.recorded = cases, raw_ratio, recorded

    def values(self, metric: str, case: KindCase, known: Known) -> dict[int, float]:
        wanted = {names.ID: case.slo.id, **known.group}
        inner = ", ".join(f'{name}="{value}"' for name, value in wanted.items())
        found = self.recorded.samples(f"{metric}{{{inner}}}", SPAN.start, SPAN.end)
        assert len(found) == 1, (metric, inner, len(found))
        return {
            (round(at) - SPAN.start) // 60: value for at, value in zip(found[0].times, found[0].values, strict=True)
        }


@pytest.fixture(scope="module")
def kinds(
    promtool: Path, prometheus: Path, sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kinds]:
    """`make test` has every kind and a part of the templates. tests/sli/test_templates.py has all of them."""
    folder = tmp_path_factory.mktemp("kinds")
    templates = sample.of(template_cases(), lambda case: case.slo.service, one_in=4)
    cases, raw_ratio = [*kind_cases(), *templates], raw_ratio_case()
    exposition.load(promtool, [series for case in [*cases, raw_ratio] for series in case.series], folder / "raw")
    with (
        server.running(prometheus, folder / "raw") as raw,
        server.running(
            prometheus,
            folder / "recorded",
            "--web.enable-remote-write-receiver",
            *HEAD_IN_ONE_PIECE,
            configuration=server.also_reading(raw),
        ) as recorded,
    ):
        chains = [(recorded_rules(case.slo), times()) for case in [*cases, raw_ratio]]
        Recorder(raw, recorded).run(chains)
        yield Kinds(cases, raw_ratio, recorded)


def recorded_rules(slo: Slo) -> list[Rule]:
    every = [rule for group in compile_slo(slo) for rule in group.rules]
    return [rule for rule in every if isinstance(rule, RecordingRule) and rule.record in WANTED]


def times() -> Times:
    # tiles at the last evaluation before each full hour too
    first_tile = FIRST - FIRST % 5 + 4
    base, tiles, others = (
        ranges_of([(first, LAST, step)], SPAN.start, EVALUATED)
        for first, step in ((FIRST, 1), (first_tile, 5), (FIRST, EVERY))
    )
    return Times(base, tiles, others)


def truth_of(known: Known) -> Truth:
    total, bad = (
        Counted(SPAN, streams, EVALUATED, FIRST, closed=True, seen=known.seen) for streams in (known.total, known.bad)
    )
    return Truth(total, bad)


@pytest.mark.parametrize("window", [*WINDOWS])
def test_ratio_of_a_window(kinds: Kinds, window: str) -> None:
    length, metric = WINDOWS[window], names.error_ratio(Duration.parse(window))
    comparisons = []
    for case in kinds.cases:
        for known in case.known:
            truth = truth_of(known)
            comparison = Comparison(f"{window} {case.slo.service} {' '.join(known.group.values())}", SPAN)
            # windows of a day read tiles, which are complete from the second hour on
            since = FIRST + (64 if length >= 1440 else 5)
            measured = {minute: ratio for minute, ratio in kinds.values(metric, case, known).items() if minute > since}
            comparison.ratios(measured, *truth.counts(length))
            assert comparison.checked > 200
            comparisons.append(comparison)
    assert verdict(comparisons) == ""


def test_events(kinds: Kinds) -> None:
    """The base rates: events a second, all and bad, at every minute."""
    comparisons = []
    for case in kinds.cases:
        for known in case.known:
            truth = truth_of(known)
            for metric, of in ((names.TOTAL_RATE, truth.total), (names.BAD_RATE, truth.bad)):
                comparison = Comparison(f"{metric} {case.slo.service}", SPAN)
                comparison.numbers(kinds.values(metric, case, known), of.rate)
                assert comparison.checked == LAST - FIRST + 1, "every minute"
                comparisons.append(comparison)
    assert verdict(comparisons) == ""


def test_a_raw_ratio_is_what_its_query_says(kinds: Kinds) -> None:
    """1/10 of the events are bad, in the outage 1/4. Each window is a query of its own on the raw series."""
    case = kinds.raw_ratio
    (known,) = case.known
    for window, length in WINDOWS.items():
        ratios = kinds.values(names.error_ratio(Duration.parse(window)), case, known)
        before = [ratio for minute, ratio in ratios.items() if minute < OUTAGE.start]
        assert before == pytest.approx([0.1] * len(before), rel=0.005)
        after = {
            minute: ratio for minute, ratio in ratios.items() if OUTAGE.stop + 5 < minute < OUTAGE.start + length - 5
        }
        for minute, ratio in after.items():
            # the minutes of the window inside the outage, and the other minutes (or those before the span)
            failing = len(OUTAGE)
            fine = min(length, minute + 1) - failing
            expected = (30 * failing + 10 * fine) / (120 * failing + 100 * fine)
            assert ratio == pytest.approx(expected, rel=0.005), (window, minute)
    base = kinds.values(names.BAD_RATE, case, known)
    assert base[OUTAGE.start + 30] == pytest.approx(0.25)


def test_a_native_histogram(prometheus: Path, tmp_path: Path) -> None:
    """Half a second is a bucket's bound in every schema, so the fraction below it is exact."""
    case = native_case()
    flags = ("--web.enable-remote-write-receiver", "--enable-feature=native-histograms", *HEAD_IN_ONE_PIECE)
    with server.running(prometheus, tmp_path, *flags) as api:
        remote_write.write_native_histogram(api.url, case.labels, case.times, case.buckets)
        recorder = Recorder(api, api)
        recorder.run([(recorded_rules(case.slo), times())])
        kinds = Kinds([], KindCase(case.slo, (), (case.known,)), api)
        truth, comparisons = truth_of(case.known), []
        for window, length in WINDOWS.items():
            comparison = Comparison(f"{window} native", SPAN)
            ratios = kinds.values(names.error_ratio(Duration.parse(window)), kinds.raw_ratio, case.known)
            ratios = {minute: ratio for minute, ratio in ratios.items() if length < 1440 or minute > FIRST + 64}
            comparison.ratios(ratios, *truth.counts(length))
            assert comparison.checked > 200
            comparisons.append(comparison)
        assert verdict(comparisons) == ""


def test_every_template_is_here() -> None:
    assert {case.slo.template for case in template_cases()} == set(library().names())
