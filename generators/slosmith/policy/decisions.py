"""Decisions that specs record: searches them for words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from slosmith.model import Decision


def is_decided(decisions: Iterable[Decision], today: date, *about: str) -> bool:
    """Whether a decision, dated ``today`` or before, mentions one of the words ``about`` (case does not matter)."""
    words = [word.casefold() for word in about if word]
    return any(
        date.fromisoformat(decision.date) <= today
        and any(word in f"{decision.decision} {decision.reason}".casefold() for word in words)
        for decision in decisions
    )
