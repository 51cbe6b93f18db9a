"""A cursor over PromQL tokens. Its errors say what was expected."""

from __future__ import annotations

from slosmith.promql.error import PromqlError
from slosmith.promql.lexer import Token

_CLOSERS = {"(": ")", "{": "}", "[": "]"}


class Cursor:
    """A position in a list of tokens, and the brackets that are open there."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens, self.index = found, 0
        self.token = found[0]
        self.open: list[Token] = []

    def take(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.index += 1
            self.token = self.tokens[self.index]
        return token

    def at(self, *texts: str) -> bool:
        return self.token.key in texts

    def wrong(self, expected: str) -> PromqlError:
        token = self.token
        if token.kind == "end":
            if self.open:
                opener = self.open[-1]
                return PromqlError(f"expected {_CLOSERS[opener.text]} to close this {opener.text}", opener.start)
            return PromqlError(f"expected {expected}, found the end of the expression", token.start, 0)
        return PromqlError(f"expected {expected}, found {token.text!r}", token.start, len(token.text))

    def opening(self, symbol: str, expected: str = "") -> Token:
        if self.token.key != symbol:
            raise self.wrong(expected or symbol)
        self.open.append(self.token)
        return self.take()

    def closing(self, symbol: str, expected: str) -> Token:
        if self.token.key != symbol:
            raise self.wrong(expected)
        self.open.pop()
        return self.take()

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise self.wrong("an operator or the end of the expression")
