"""PromQL tokens -> tree. This is a recursive descent parser that stops at the first token that cannot be right.

The grammar is that of Prometheus (2.42 and later), with the operators and precedences of the querying documentation.

Why slosmith has a parser of its own, although promql-parser (Rust, on PyPI) reads PromQL too:

* A problem in a spec has a line and a column. In promql-parser 0.12 neither nodes nor errors have a place in the text.
  Checks report problems at a selector or matcher, and selectors are replaced at their place.
* It prints some expressions as other ones (``foo[5m:]`` as ``foo[5m]``), so its text cannot be compared.
* It accepts patterns that Prometheus refuses (``a{1001}``).

promql-parser is used for functions, and for the number and types of arguments and operands. It has a complete list of
functions. A list of our own would be out of date after every release of Prometheus. :mod:`slosmith.promql.expression`
checks every expression of this module with it, and finds the part that it refuses.
"""

from __future__ import annotations

from decimal import Decimal

from slosmith.model import Duration, Matcher, MatchOperator
from slosmith.promql.ast import (
    PRECEDENCE,
    Aggregate,
    Binary,
    Call,
    Node,
    Number,
    Paren,
    String,
    Subquery,
    Unary,
    VectorSelector,
)
from slosmith.promql.cursor import Cursor
from slosmith.promql.error import PromqlError
from slosmith.promql.lexer import Token, tokens
from slosmith.promql.quoting import LABEL_NAME
from slosmith.promql.regex import Regex, RegexError

AGGREGATORS = frozenset(
    ["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk", "count_values", "quantile",
     "limitk", "limit_ratio"]
)  # fmt: skip
COMPARISONS = frozenset(["==", "!=", "<=", "<", ">=", ">"])
_NO_NAMES = frozenset(PRECEDENCE) | {"bool", "on", "ignoring", "group_left", "group_right"}
"""Words that cannot begin an operand."""
MAX_DEPTH = 100
"""Limit of nested brackets, functions and signs. It is more than any rule needs, and safe for the stack."""
MAX_OPERATORS = 200
"""Limit of operators in one expression. A chain of operators makes a tree of the same depth."""
SETS = frozenset(["and", "or", "unless"])
_LARGEST_EXPONENT, _SMALLEST_EXPONENT = 308, -324
"""Decimal exponents of the largest and the smallest 64-bit floating-point number."""


def read(text: str) -> Node:
    """The tree of ``text``. Raises PromqlError with the place."""
    parser = _Parser(tokens(text))
    node = parser.expression(0)
    parser.expect_end()
    return node


class _Parser(Cursor):
    depth = 0
    operator_count = 0

    # --- expressions ---

    def expression(self, strength: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PromqlError(f"expected an expression with at most {MAX_DEPTH} levels", self.token.start)
        left = self.operand()
        self.depth -= 1
        return self.operators(left, strength)

    def operators(self, left: Node, strength: int) -> Node:
        while (binds := PRECEDENCE.get(operator := self.token.key)) is not None:
            if binds < strength:
                break
            self.take()
            self.operator_count += 1
            if self.operator_count > MAX_OPERATORS:
                raise PromqlError(f"expected an expression with at most {MAX_OPERATORS} operators", self.token.start)
            left = self.binary(left, operator, binds)
        return left

    def binary(self, left: Node, operator: str, binds: int) -> Node:
        returns_bool, matching, group = False, "", ""
        labels: tuple[str, ...] = ()
        include: tuple[str, ...] = ()
        if self.at("bool"):
            if operator not in COMPARISONS:
                raise self.wrong("an expression (bool goes with comparisons only)")
            self.take()
            returns_bool = True
        if self.at("on", "ignoring"):
            matching, labels = self.take().key, self.labels()
            if self.at("group_left", "group_right"):
                if operator in SETS:
                    raise self.wrong(f"an expression ({operator} matches many to many)")
                group = self.take().key
                include = self.labels() if self.at("(") else ()
        right = self.expression(binds if operator == "^" else binds + 1)
        return Binary(
            operator=operator, left=left, right=right, returns_bool=returns_bool, matching=matching,  # type: ignore[arg-type]
            labels=labels, group=group, include=include, start=left.start, end=right.end,  # type: ignore[arg-type]
        )  # fmt: skip

    def operand(self) -> Node:
        if self.at("-", "+"):
            sign = self.take()
            inner = self.expression(PRECEDENCE["^"])
            return Unary(operator=sign.text, expr=inner, start=sign.start, end=inner.end)
        return self.postfix(self.primary())

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number" or (token.key in ("inf", "nan")):
            self.take()
            return Number(value=_number(token), start=token.start, end=token.end)
        if token.kind == "duration":
            self.take()
            return Number(value=Decimal(_milliseconds(token)) / 1000, start=token.start, end=token.end)
        if token.kind == "string":
            self.take()
            return String(value=token.value, start=token.start, end=token.end)
        if self.at("("):
            self.opening("(")
            inner = self.expression(0)
            return Paren(expr=inner, start=token.start, end=self.closing(")", "an operator or )").end)
        if self.at("{"):
            return self.selector("", token.start)
        if token.kind == "word" and token.key not in _NO_NAMES:
            return self.named()
        raise self.wrong("an expression")

    def named(self) -> Node:
        word = self.take()
        if word.key in AGGREGATORS and self.at("by", "without", "("):
            return self.aggregate(word)
        if self.at("("):
            arguments, end = self.arguments()
            return Call(function=word.text, arguments=arguments, start=word.start, end=end)
        return self.selector(word.text, word.start)

    def aggregate(self, word: Token) -> Node:
        grouping = ""
        labels: tuple[str, ...] = ()
        if self.at("by", "without"):
            grouping, labels = self.take().key, self.labels()
        arguments, end = self.arguments()
        if not grouping and self.at("by", "without"):
            grouping, labels = self.take().key, self.labels()
            end = self.tokens[self.index - 1].end
        return Aggregate(
            operator=word.key, arguments=arguments, grouping=grouping, labels=labels,  # type: ignore[arg-type]
            start=word.start, end=end,
        )  # fmt: skip

    def arguments(self) -> tuple[tuple[Node, ...], int]:
        self.opening("(")
        found: list[Node] = []
        while not self.at(")"):
            found.append(self.expression(0))
            if not self.at(","):
                break
            self.take()
        return tuple(found), self.closing(")", "an operator, a comma or )").end

    def labels(self) -> tuple[str, ...]:
        self.opening("(", "( and label names")
        found: list[str] = []
        while not self.at(")"):
            token = self.token
            if token.kind != "string" and not (token.kind == "word" and LABEL_NAME.fullmatch(token.text)):
                raise self.wrong("a label name or )" if not found else "a label name")
            found.append(self.take().value)
            if not self.at(","):
                break
            self.take()
        self.closing(")", "a comma or )")
        return tuple(found)

    # --- selectors ---

    def selector(self, metric: str, start: int) -> Node:
        end = self.tokens[self.index - 1].end if metric else start
        groups: list[tuple[Matcher, ...]] = [()]
        brace = self.token
        if self.at("{"):
            self.opening("{")
            matchers: list[Matcher] = []
            groups = []
            while not self.at("}"):
                if self.at("or") and matchers:
                    self.take()
                    groups.append(tuple(matchers))
                    matchers = []
                    continue
                metric = self.matcher(matchers, metric)
                if self.at(","):
                    self.take()
                elif not self.at("}", "or"):
                    raise self.wrong("a comma or }")
            groups.append(tuple(matchers))
            end = self.closing("}", "a label name or }").end
        if not metric and all(_matches_nothing(matcher) for group in groups for matcher in group):
            raise PromqlError(
                "expected a metric name or a matcher that does not match the empty text", brace.start, end - brace.start
            )
        return VectorSelector(metric=metric, alternatives=tuple(groups), start=start, end=end)

    def matcher(self, found: list[Matcher], metric: str) -> str:
        """Reads one matcher and adds it to ``found``; or reads the metric name as a string. Returns the metric name."""
        token = self.token
        if token.kind != "string" and not (token.kind == "word" and LABEL_NAME.fullmatch(token.text)):
            raise self.wrong("a label name" if found else "a label name or }")
        label = self.take().value
        if token.kind == "string" and not metric and self.at(",", "}"):
            return label
        operators: dict[str, MatchOperator] = {"=": "=", "!=": "!=", "=~": "=~", "!~": "!~"}
        if self.token.text not in operators or self.token.kind != "symbol":
            raise self.wrong("one of = != =~ !~")
        operator = operators[self.take().text]
        value = self.token
        if value.kind != "string":
            raise self.wrong("a value in quotes")
        self.take()
        if operator in ("=~", "!~"):
            try:
                Regex(value.value)
            except RegexError as error:
                raise PromqlError(
                    f"expected an RE2 regular expression: {error}", value.start, len(value.text)
                ) from None
        found.append(Matcher(label, operator, value.value))
        return metric

    def postfix(self, node: Node) -> Node:
        while True:
            if self.at("["):
                node = self.brackets(node)
            elif self.at("offset", "@"):
                node = self.modifier(node)
            else:
                return node

    def brackets(self, node: Node) -> Node:
        opener = self.opening("[")
        span = Duration(self.milliseconds("a duration such as 5m"))
        if self.at(":"):
            if isinstance(node, Subquery):
                raise self.wrong("an operator or the end (a subquery is of an instant vector)")
            self.take()
            step = None if self.at("]") else Duration(self.milliseconds("a step such as 1m, or ]"))
            end = self.closing("]", "]").end
            return Subquery(expr=node, range=span, step=step, start=node.start, end=end)
        end = self.closing("]", "] or :").end
        if not isinstance(node, VectorSelector) or node.range is not None or node.offset_ms or node.at:
            raise PromqlError(
                "expected a metric selector before a range; a range of another expression is written [5m:]",
                opener.start, end - opener.start,
            )  # fmt: skip
        return VectorSelector(metric=node.metric, alternatives=node.alternatives, range=span, start=node.start, end=end)

    def modifier(self, node: Node) -> Node:
        if not isinstance(node, VectorSelector | Subquery):
            raise self.wrong("an operator or the end (offset and @ follow a selector or a subquery)")
        offset_ms, at = node.offset_ms, node.at
        if self.take().key == "offset":
            sign = -1 if self.at("-") else 1
            if self.at("-", "+"):
                self.take()
            offset_ms = sign * self.milliseconds("a duration such as 5m", zero=True)
        elif self.at("start", "end"):
            at = f"{self.take().key}()"
            self.opening("(")
            self.closing(")", ")")
        else:
            sign_text = self.take().text if self.at("-", "+") else ""
            if self.token.kind != "number":
                raise self.wrong("a Unix timestamp, start() or end()")
            at = f"{'-' if sign_text == '-' else ''}{_number(self.take()):f}"
        end = self.tokens[self.index - 1].end
        if isinstance(node, VectorSelector):
            return VectorSelector(metric=node.metric, alternatives=node.alternatives, range=node.range,
                                  offset_ms=offset_ms, at=at, start=node.start, end=end)  # fmt: skip
        return Subquery(expr=node.expr, range=node.range, step=node.step, offset_ms=offset_ms, at=at,
                        start=node.start, end=end)  # fmt: skip

    def milliseconds(self, expected: str, *, zero: bool = False) -> int:
        token = self.token
        if token.kind not in ("duration", "number"):
            raise self.wrong(expected)
        length = _milliseconds(token)
        if length <= 0 and not zero:
            raise self.wrong("a duration above zero")
        self.take()
        return length


def _number(token: Token) -> Decimal:
    """The number of a token. Raises PromqlError for a number that is too large for a 64-bit float of Prometheus."""
    lower = token.text.lower()
    if lower.startswith("0x"):
        number = Decimal(int(lower, 16))
    else:
        number = Decimal({"inf": "Infinity", "nan": "NaN"}.get(lower, lower))
    if number.is_finite() and number:
        if number.adjusted() > _LARGEST_EXPONENT:
            raise PromqlError("expected a number below 1.8e308", token.start, len(token.text))
        if number.adjusted() < _SMALLEST_EXPONENT:
            return Decimal(0)
    return number


def _milliseconds(token: Token) -> int:
    """The length of a duration token. A number without a unit is in seconds, as in Prometheus 3."""
    if token.kind == "number":
        return int(_number(token) * 1000)
    try:
        return Duration.parse(token.text).milliseconds
    except ValueError:
        if set(token.text) & set("123456789"):
            message = f"expected a duration with its units from large to small, each once, found {token.text!r}"
            raise PromqlError(message, token.start, len(token.text)) from None
        return 0


def _matches_nothing(matcher: Matcher) -> bool:
    """Whether a matcher also matches series without the label."""
    match matcher.op:
        case "=":
            return matcher.value == ""
        case "!=":
            return matcher.value != ""
        case "=~":
            return Regex(matcher.value).matches("")
        case "!~":
            return not Regex(matcher.value).matches("")
