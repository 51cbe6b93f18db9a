"""Tests of the long ranges in Sloth's rules. `slosmith test` runs them."""

from __future__ import annotations

from slosmith.model import Service
from slosmith.model.rule_tests import TestFile
from slosmith.model.rules import RuleFile
from slosmith.ruletests.expect import label_groups, public, series
from slosmith.ruletests.long_ranges import LongTest, evaluation_after, expressions, long_test_file
from slosmith.ruletests.spans import fits, history_needed
from slosmith.ruletests.untestable import testable
from slosmith.schemes.sloth.service_rules import base_window, recorded_windows
from slosmith.schemes.sloth.service_tests import HOUR, period_history
from slosmith.schemes.sloth.window_tests import windows_of
from slosmith.vocabulary import names


def compile_long_tests(service: Service, rules: RuleFile) -> TestFile | None:
    """Tests of the long ranges of ``rules``, which must be those of ``service``; None if no range is long."""
    slos, _ = testable(service.slos)
    exprs = expressions(rules)
    at = evaluation_after(
        history_needed(window) for slo in slos for window in (*recorded_windows(slo), slo.period.rolling)
    )
    tests: list[LongTest] = []
    periods = LongTest("whole periods", HOUR, at)
    for slo in slos:
        group = label_groups(slo)[0]
        long = [window for window in recorded_windows(slo) if not fits(window)]
        windows = windows_of(slo, whole=True) if long else ""
        if not isinstance(windows, str):
            test = LongTest(f"raw series of {slo.name}", windows.interval, at)
            for one, history in windows.fed:
                test.timeline.feed(series(one.metric, one.labels), 1, history)
            for window, ratio in windows.ratios:
                if window in long:
                    test.expect(exprs[slo.id, names.error_ratio(window)], [(group, ratio)], f"{slo.id}: {window}")
            tests.append(test)
        if not fits(slo.period.rolling):
            short = base_window(slo)
            history, mean = period_history(slo, whole=True)
            labels = tuple(sorted((*public(slo), *group)))
            fed = tuple(sorted((*labels, (names.WINDOW, str(short)))))
            periods.timeline.feed(series(names.error_ratio(short), fed), 1, history)
            expr = exprs[slo.id, names.error_ratio(slo.period.rolling)]
            periods.expect(expr, [(labels, mean)], f"{slo.id}: the mean over {slo.period.rolling.in_days}")
    return long_test_file([*tests, periods], at)
