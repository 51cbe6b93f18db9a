"""The error that every reader of PromQL raises."""

from __future__ import annotations


class PromqlError(ValueError):
    """PromQL that Prometheus would reject.

    ``offset`` and ``length`` count characters of the text that was given, from 0; at the end of the text the offset is
    its length. ``message`` says what is expected there.
    """

    def __init__(self, message: str, offset: int, length: int = 1) -> None:
        self.message, self.offset, self.length = message, offset, length
        super().__init__(message)
