"""The parts of RE2 patterns: how they match a text, and which texts they match."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, product

import msgspec


class Part(msgspec.Struct, frozen=True):
    """A part of a pattern."""


class Chars(Part, frozen=True):
    """One character of a set. ``samples`` are some characters of the set, the simplest first."""

    accepts: Callable[[str], bool]
    samples: str


class Sequence(Part, frozen=True):
    parts: tuple[Part, ...]


class Choice(Part, frozen=True):
    parts: tuple[Part, ...]


class Repeat(Part, frozen=True):
    part: Part
    low: int
    high: int | None


class Assertion(Part, frozen=True):
    holds: Callable[[str, int], bool]


def ends(part: Part, text: str, start: int) -> set[int]:
    """All places at which a match of ``part`` from ``start`` can end."""
    match part:
        case Chars():
            return {start + 1} if start < len(text) and part.accepts(text[start]) else set()
        case Assertion():
            return {start} if part.holds(text, start) else set()
        case Sequence():
            places = {start}
            for item in part.parts:
                places = {end for place in places for end in ends(item, text, place)}
            return places
        case Choice():
            return {end for item in part.parts for end in ends(item, text, start)}
        case Repeat():
            return _repeated(part, text, start)
    raise TypeError(f"not a part of a pattern: {part!r}")


def _repeated(part: Repeat, text: str, start: int) -> set[int]:
    places = {start}
    for _ in range(part.low):
        places = {end for place in places for end in ends(part.part, text, place)}
        if not places:
            return set()
    reached, count = set(places), part.low
    while places and (part.high is None or count < part.high):
        places = {end for place in places for end in ends(part.part, text, place)} - reached
        reached |= places
        count += 1
    return reached


def texts(part: Part) -> Iterator[str]:
    """Some texts that match a part, the simplest first. Assertions are ignored."""
    match part:
        case Chars():
            yield from part.samples[:3]
        case Sequence():
            choices = [list(islice(texts(item), 6)) for item in part.parts]
            yield from ("".join(texts) for texts in product(*choices))
        case Choice():
            for item in part.parts:
                yield from islice(texts(item), 6)
        case Repeat():
            options = list(islice(texts(part.part), 3))
            counts = dict.fromkeys([part.low, part.low + 1 if part.high is None else min(part.low + 1, part.high)])
            yield from (option * count for count in counts for option in options)
        case _:
            yield ""
