"""Scalars of specs -> exact types: percentages, durations, dates. The schema has checked their form before."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any

from slosmith.model import DocumentPath, Duration, Labels, Origin
from slosmith.problems import Problem

_HUNDRED = Decimal(100)
_WIDE = Context(prec=250)
"""Holds every number that a document can have: up to 71 digits, and an exponent of up to 99."""


def ratio(value: str | int | Decimal) -> Decimal:
    """A percentage as a ratio, exact: '98%' and 98 are 0.98, without trailing zeros."""
    number = Decimal(value[:-1] if isinstance(value, str) else value) / _HUNDRED
    return _plain(number)


def decimal(value: str | int | Decimal) -> Decimal:
    """A number, exact, without trailing zeros or exponent."""
    return _plain(Decimal(value))


def _plain(number: Decimal) -> Decimal:
    reduced = number.normalize(_WIDE)
    whole = reduced.as_tuple().exponent > 0  # type: ignore[operator]
    return reduced.quantize(Decimal(1), context=_WIDE) if whole else reduced


class Node:
    """A mapping of a document, after the checks of the schema. Its problems are added to a shared list.

    Every method returns a usable value or None, so that reading continues and finds all problems.
    """

    def __init__(self, values: Mapping[str, Any], origin: Origin, problems: list[Problem]) -> None:
        self.values, self.origin, self.problems = values, origin, problems

    def __contains__(self, field: str) -> bool:
        return field in self.values

    def at(self, *path: str | int) -> Origin:
        return Origin(self.origin.kind, self.origin.file, self.origin.path + path, self.origin.document)

    def report(self, code: str, message: str, path: DocumentPath = (), hint: str = "", *, on_key: bool = False) -> None:
        self.problems.append(Problem(code=code, message=message, hint=hint, origin=self.at(*path), on_key=on_key))

    def child(self, field: str) -> Node | None:
        """The mapping at ``field``, or None when it is not there."""
        values = self.values.get(field)
        return None if values is None else Node(values, self.at(field), self.problems)

    def items(self, field: str) -> list[Node]:
        """The mappings in the list at ``field``."""
        return [
            Node(values, self.at(field, index), self.problems)
            for index, values in enumerate(self.values.get(field, ()))
        ]

    def children(self, field: str) -> list[tuple[str, Node]]:
        """The mappings in the mapping at ``field``, with their names, in the order written."""
        return [
            (name, Node(values, self.at(field, name), self.problems))
            for name, values in self.values.get(field, {}).items()
        ]

    def text(self, field: str) -> str:
        value = self.values.get(field)
        return "" if value is None else str(value).strip()

    def removed(self, *fields: str) -> frozenset[str]:
        """Those of the fields that are null or an empty list: what is inherited for them is removed."""
        return frozenset(field for field in fields if field in self.values and self.values[field] in (None, []))

    def texts(self, field: str) -> tuple[str, ...]:
        return tuple(self.values.get(field) or ())

    def number(self, field: str) -> Decimal | None:
        value = self.values.get(field)
        return None if value is None else decimal(value)

    def percent(self, field: str) -> Decimal | None:
        value = self.values.get(field)
        return None if value is None else ratio(value)

    def target(self, field: str) -> Decimal | None:
        """A ratio strictly between 0 and 1."""
        value = self.values.get(field)
        if value is None:
            return None
        result = ratio(value)
        if not 0 < result < 1:  # rounded to one of the ends: more digits than Decimal's 28
            self.report("SCH213", "the target has too many digits", (field,), "write at most twelve decimals")
            return None
        return result

    def duration(self, field: str) -> Duration | None:
        value = self.values.get(field)
        return None if value is None else Duration.parse(value)

    def date(self, field: str) -> str:
        value = str(self.values.get(field, ""))
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            self.report("SCH212", f"there is no day {value[:20]}", (field,), "write an existing day as YYYY-MM-DD")
        return value

    def labels(self, field: str) -> Labels:
        """Label pairs. The value null, which removes an inherited label, becomes an empty value."""
        pairs = self.values.get(field, {}).items()
        return tuple(sorted((name, "" if value is None else value) for name, value in pairs))
