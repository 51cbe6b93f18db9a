"""Problems in the use of a template, each with a path inside the parameters."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec

from slosmith.model import DocumentPath


class TemplateProblem(msgspec.Struct, frozen=True):
    """``path`` is relative to the parameters (``with:``); empty: the template's use as a whole.

    Codes: unknown-template, unknown-indicator, unknown-parameter, missing-parameter, bad-parameter, missing-threshold,
    threshold-not-a-bucket, bad-bucket.
    """

    path: DocumentPath
    code: str
    message: str
    hint: str = ""


class TemplateError(Exception):
    """Raised by ``expand``; carries every problem found."""

    def __init__(self, *problems: TemplateProblem) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems))


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint: the nearest known name, or all known names if none is near."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(names)}" if names else ""
