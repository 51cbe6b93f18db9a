"""The nearest known name: the probable meaning of a typo."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like ``name``, or None if nothing is similar."""
    names = sorted(known)
    folded = {candidate.casefold().replace("_", "-"): candidate for candidate in reversed(names)}
    same = folded.get(name.casefold().replace("_", "-"))
    if same is not None:
        return same
    import difflib  # only for problems: most runs have none

    found = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.6)
    return found[0] if found and _may_be_meant(name[:100], found[0]) else None


def _may_be_meant(name: str, known: str) -> bool:
    """Whether few letters are wrong, or the first letters are equal. ``region`` is no typo of ``revision``."""
    return name[:5] == known[:5] or _typing_errors(name, known) <= max(2, len(known) // 3)


def _typing_errors(name: str, known: str) -> int:
    """How many letters were left out, added or replaced."""
    row = list(range(len(known) + 1))
    for index, letter in enumerate(name, 1):
        above, row[0] = row[0], index
        for column, other in enumerate(known, 1):
            above, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, above + (letter != other))
    return row[-1]


def suggestion(name: str, known: Iterable[str], what: str = "known") -> str:
    """A hint: the nearest name, or else all names (the first few, if there are many); empty when none is known."""
    names = sorted(known)
    found = nearest(name, names)
    if found is not None:
        return f"did you mean '{found}'?"
    if not names:
        return ""
    more = f", ... ({len(names) - _SHOWN} more)" if len(names) > _SHOWN else ""
    return f"{what}: {', '.join(names[:_SHOWN])}{more}"
