"""The error of all functions that read PromQL."""

from __future__ import annotations


class PromqlError(ValueError):
    """PromQL that Prometheus does not accept.

    ``offset`` and ``length`` are in characters of the input text, from 0. At the end of the text, the offset is its
    length. ``message`` says what is expected there, and ``hint`` what to write instead (or nothing).
    """

    def __init__(self, message: str, offset: int, length: int = 1, hint: str = "") -> None:
        self.message, self.offset, self.length, self.hint = message, offset, length, hint
        super().__init__(message)
