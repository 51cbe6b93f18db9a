"""Detects expressions that have a value even if no series exists: ``... or vector(0)``, ``absent(x)``,
``vector(1)``.
"""

from __future__ import annotations

from slosmith.promql.ast import Aggregate, Binary, Call, Node, Number, Paren, String, Subquery, Unary, VectorSelector

_ALWAYS = frozenset({"vector", "time", "scalar", "absent", "absent_over_time", "pi"})
_CLOCK = frozenset({
    "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year",
})  # fmt: skip
"""Functions that read the clock if they have no argument."""


def answers_without_series(node: Node) -> bool:
    """Whether ``node`` gives a sample (or a number) if none of its series exists."""
    match node:
        case Number():
            return True
        case VectorSelector():
            return False
        case Paren(expr=inner) | Unary(expr=inner) | Subquery(expr=inner):
            return answers_without_series(inner)
        case Call(function=function, arguments=arguments) as call:
            if function in _ALWAYS or (function in _CLOCK and not arguments):
                return True
            return bool(arguments) and all(map(answers_without_series, _samples(call)))
        case Aggregate(arguments=arguments):
            # the parameter (of quantile, topk) is first
            return answers_without_series(arguments[-1])
        case Binary(operator="or", left=left, right=right):
            return answers_without_series(left) or answers_without_series(right)
        case Binary(operator="unless", left=left):
            return answers_without_series(left)
        case Binary(left=left, right=right):
            return answers_without_series(left) and answers_without_series(right)
    return False


def _samples(call: Call) -> list[Node]:
    """The arguments on which the existence of a result depends. Numbers and strings do not count."""
    found = [argument for argument in call.arguments if not isinstance(argument, Number | String)]
    return found or list(call.arguments)
