"""The SRE Workbook's rules as written (chapter 5, approach 6), and two ways to spare services with few requests.

As written: burn rates of 14.4 over 1h and 6 over 6h page, 3 over 1d and 1 over 3d are tickets, whatever the period. The
first variant wants five bad events in the long window; the second wants the lower end of the ratio's Wilson interval
over the threshold, at one chance in two hundred.
"""

from __future__ import annotations

from collections.abc import Callable

from bench.alerting.contestants.contestant import Contestant, no_budget

_TIERS = (
    ("1h", "5m", "14.4", "page"),
    ("6h", "30m", "6", "page"),
    ("1d", "2h", "3", "ticket"),
    ("3d", "6h", "1", "ticket"),
)
_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
_ERRORS, _REQUESTS = 'http_requests_total{job="api",code=~"5.."}', 'http_requests_total{job="api"}'
_Z = 2.576
MINIMUM = 5


def _ratio(window: str) -> str:
    return f"job:slo_errors_per_request:ratio_rate{window}"


def _records(*names: tuple[str, str]) -> str:
    return "".join(f"  - record: {name}\n    expr: {expr}\n" for name, expr in names)


def _file(records: str, condition: Callable[[str, str], str], budget: str) -> tuple[str, ...]:
    ratios = _records(
        *((_ratio(w), f"sum by (job) (rate({_ERRORS}[{w}])) / sum by (job) (rate({_REQUESTS}[{w}]))") for w in _WINDOWS)
    )
    alerts = ""
    for severity in ("page", "ticket"):
        pairs = [
            f"({_ratio(short)} > ({burn}*{budget}) and {condition(long, f'({burn}*{budget})')})"
            for long, short, burn, own in _TIERS
            if own == severity
        ]
        alerts += f"  - alert: ErrorBudgetBurn\n    expr: {' or '.join(pairs)}\n    labels: {{severity: {severity}}}\n"
    return (f"groups:\n- name: workbook\n  interval: 1m\n  rules:\n{ratios}{records}{alerts}",)


def _budget(target: str) -> str:
    return f"{1 - float(target) / 100:.10g}"


def _as_written(target: str, period: int) -> tuple[str, ...]:
    return _file("", lambda long, limit: f"{_ratio(long)} > {limit}", _budget(target))


def _constant(target: str, period: int) -> tuple[str, ...]:
    def condition(long: str, limit: str) -> str:
        return f"{_ratio(long)} > {limit} and job:slo_errors:increase{long} >= {MINIMUM}"

    longs = [tier[0] for tier in _TIERS]
    counted = _records(*((f"job:slo_errors:increase{w}", f"sum by (job) (increase({_ERRORS}[{w}]))") for w in longs))
    return _file(counted, condition, _budget(target))


def _wilson(target: str, period: int) -> tuple[str, ...]:
    """(p + z2/2n - z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), Wilson 1927."""
    z2 = _Z * _Z

    def low(long: str) -> str:
        ratio, n = f"clamp({_ratio(long)}, 0, 1)", f"(job:slo_requests:increase{long} > 0)"
        spread = f"sqrt({ratio} * (1 - {ratio}) / {n} + {z2 / 4:.6f} / ({n} * {n}))"
        return f"({ratio} + {z2 / 2:.6f} / {n} - {_Z} * {spread}) / (1 + {z2:.6f} / {n})"

    longs = [tier[0] for tier in _TIERS]
    counted = _records(
        *((f"job:slo_requests:increase{w}", f"sum by (job) (increase({_REQUESTS}[{w}]))") for w in longs)
    )
    lows = _records(*((f"job:slo_errors_per_request:low{w}", low(w)) for w in longs))
    return _file(counted + lows, lambda w, limit: f"job:slo_errors_per_request:low{w} > {limit}", _budget(target))


WORKBOOK = Contestant("workbook", "SRE Workbook, as written", _as_written, no_budget)
CONSTANT = Contestant("constant", "Workbook, at least five bad events", _constant, no_budget)
WILSON = Contestant("wilson", "Workbook, lower end of a Wilson interval", _wilson, no_budget)
