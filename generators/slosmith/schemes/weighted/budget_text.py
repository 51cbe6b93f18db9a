"""The text of the annotation ``budget`` of alerts: how much error budget is left, and how long it lasts.

The value of the alert does not have these numbers. The template queries them when the alert is evaluated (``query``, a
function of Prometheus' templates). A query that fails makes its whole annotation useless, so this text is a separate
annotation.

The recorded budget ends at the last full hour. The budget spent since then is subtracted here, because with a high
target a whole budget can be spent in less than an hour. The time that the rest lasts is computed from events: the
number of events that may still be bad, divided by the bad events per second of the short window. This needs no
assumption about traffic.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

from slosmith.model import Duration
from slosmith.promql import quote
from slosmith.schemes.chain import Chain
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier
from slosmith.schemes.weighted.ranges import over_selector
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import EXACT, plain

NOT_KNOWN = "not known"
HOW_LONG_UNKNOWN = "How long it lasts is not known."
SPENT = "It is spent."

_SIMPLE = re.compile(r"[A-Za-z0-9_.:/-]*", re.ASCII)


def left(chain: Chain, tier: AlertTier) -> str:
    """The text for a burn-rate alert."""
    slo = chain.slo
    series, arguments = _series(chain)
    budget = slo.objective.error_budget_ratio
    times = plain(EXACT.divide(Decimal(100), budget))
    remaining, events, seen, bad = (
        f"max({metric}{{{series}}})"
        for metric in (names.PERIOD_BUDGET_REMAINING, names.PERIOD_TOTAL, names.COVERAGE, names.BAD_RATE)
    )
    # a whole period like the seen share of it
    total = f"({events} / {seen})"
    now = (
        f"100 * {remaining} - {times} * (time() %% 3600) * "
        f"max(avg_over_time({names.BAD_RATE}{{{series}}}[%.0[1]fms])) / ({total} > 0) > -Inf"
    )
    if tier.short > FIVE_MINUTES:
        bad = f"max({over_selector(f'{names.BAD_RATE}{{{series}}}', 'avg_over_time', tier.short)})"
    rest = f"%[1]f * {plain(EXACT.divide(budget, Decimal(100)))} * {total} / ({bad} > 0)"
    # not shorter than two minutes, so that it contains a rate
    since = "clamp_min(vector(time() % 3600 * 1000 - 1), 119999)"
    return (
        f"{opening(chain)}: "
        f"{{{{ with query {_text(since)} }}}}"
        f"{{{{ with printf {_text(now)} (. | first | value) {arguments}| query }}}}"
        "{{ $left := . | first | value }}"
        '{{ printf "%.1f%%" $left }}. '
        "{{ if gt $left 0.0 }}"
        f"{{{{ with printf {_text(rest)} $left {arguments}| query }}}}"
        "{{ $lasts := . | first | value }}"
        f"It lasts {{{{ if gt $lasts {plain(slo.period.rolling.seconds)}.0 }}}}longer than {slo.period.rolling.in_days}"
        f"{{{{ else }}}}{{{{ $lasts | humanizeDuration }}}}{{{{ end }}}}{rate_of(chain, tier.short)}."
        f"{{{{ else }}}}{HOW_LONG_UNKNOWN}{{{{ end }}}}"
        f"{{{{ else }}}}{SPENT}{{{{ end }}}}"
        f"{{{{ else }}}}{NOT_KNOWN}.{{{{ end }}}}"
        f"{{{{ else }}}}{NOT_KNOWN}.{{{{ end }}}}"
    )


def left_without_data(chain: Chain) -> str:
    """The text for the alert about missing data: the budget by the events counted before, of the group with the least
    left.
    """
    selector = f"{names.PERIOD_BUDGET_REMAINING}{{{_matcher(names.ID, chain.id)}}}"
    return (
        f"{opening(chain)}, by what was counted: {{{{ with query {_text(f'100 * min({selector}) > -Inf')} }}}}"
        f'{{{{ . | first | value | printf "%.1f%%" }}}}{{{{ else }}}}{NOT_KNOWN}{{{{ end }}}}. {HOW_LONG_UNKNOWN}'
    )


def opening(chain: Chain) -> str:
    """The start of the text, which names the budget."""
    return f"Error budget left ({chain.slo.period.rolling.in_days})"


def rate_of(chain: Chain, window: Duration) -> str:
    """The condition under which the budget lasts this time."""
    what = "bad events go on" if chain.slo.counts_events else "the error ratio stays"
    return f" if {what} as in the last {window}"


def _series(chain: Chain) -> tuple[str, str]:
    """The content of a selector's braces as a format for ``printf``, and the arguments from the second on: the labels
    of the alert's group. ``%q`` quotes a label as in Go, and PromQL can read this.
    """
    groups = chain.slo.group_by
    own = _matcher(names.ID, chain.id).replace("%", "%%")
    series = ", ".join([own, *(f"{label}=%[{number}]q" for number, label in enumerate(groups, 2))])
    return series, "".join(f"$labels.{label} " for label in groups)


def _matcher(label: str, value: str) -> str:
    """A matcher with single quotes if nothing needs an escape, because the query itself is inside double quotes."""
    return f"{label}='{value}'" if _SIMPLE.fullmatch(value) else f"{label}={quote(value)}"


def _text(query: str) -> str:
    """A string for Go's templates. Go reads all escapes of JSON."""
    return json.dumps(query, ensure_ascii=False)
