"""The nearest known name: what somebody who mistyped probably meant."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like ``name``, or None when nothing is."""
    names = sorted(known)
    folded = {candidate.casefold().replace("_", "-"): candidate for candidate in reversed(names)}
    same = folded.get(name.casefold().replace("_", "-"))
    if same is not None:
        return same
    import difflib  # only for problems: most runs have none

    found = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.6)
    return found[0] if found else None


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
