"""Values of the model as the texts of facts: exact, and in an order without meaning."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from slosmith.model import Duration, Labels
from slosmith.vocabulary.numbers import exact


def records_text(records: Iterable[msgspec.Struct]) -> str:
    """Entries of a log, without their places. Their order has no meaning."""
    texts = [
        ", ".join(value_text(getattr(each, name)) for name in each.__struct_fields__ if name != "origin")
        for each in records
    ]
    return "; ".join(sorted(texts))


def labels_text(labels: Labels) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels)


def json_text(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def value_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, msgspec.Struct) and not isinstance(value, Duration):
        return json_text(value)
    if isinstance(value, tuple):
        return ", ".join(value_text(each) for each in value)
    return str(value)
