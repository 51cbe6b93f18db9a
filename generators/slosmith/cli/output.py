"""How commands print: plain text in columns, or JSON with exact numbers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from slosmith.model import Duration
from slosmith.vocabulary.characters import escaped


def print_json(value: Any) -> None:
    """Indented JSON on standard output; decimals as numbers, exactly; durations in Prometheus' form."""
    import msgspec

    encoder = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number")
    try:
        encoded = encoder.encode(value)
    except UnicodeEncodeError:  # the name of a file that is not text
        encoded = encoder.encode(_shown(msgspec.to_builtins(value, enc_hook=_plain, builtin_types=(Decimal,))))
    print(msgspec.json.format(encoded, indent=2).decode())


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"no JSON form for {value!r}")


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {_shown(key): _shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return shown(value) if isinstance(value, str) else value


def shown(path: object) -> str:
    """A path on one line, with escaped control characters: others may have chosen the name."""
    return escaped(str(path))


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Columns padded to their widest cell, two spaces apart; the columns numbered in ``right`` are right-aligned."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    for row in (header, *rows):
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def on_terminal() -> bool:
    """Whether standard error (where progress is shown) is a terminal."""
    return sys.stderr.isatty()


def duration_text(duration: Duration | None) -> str:
    """A duration as people write it; empty for none."""
    return "" if duration is None else duration.in_days
