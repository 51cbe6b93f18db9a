"""The same spec, written otherwise: other indentation, quotes, flow and block, order of keys, comments, empty lines."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

from slosmith.formats.yaml.document import plain_value, read

SHUFFLED_AT = ("", "operations", "dependencies", "alerting", "period", "indicator_source")
"""Mappings whose keys the schema names. In others the order stays: it is the author's."""


class Scrambler:
    """Writes values with the choices of a random generator. ``comments`` has every comment that was written."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments: list[str] = []
        self._shuffled: tuple[str, ...] = ()
        self._commented = random.random() < 0.8

    def text(self, value: dict[str, Any]) -> str:
        # in a policy's cases, these are names that the author chooses
        self._shuffled = SHUFFLED_AT if value.get("kind") in ("Service", "SLOClass") else ("",)
        lines = [*self._own_lines(0), *self._mapping(value, 0, "")]
        if self.random.random() < 0.3:
            lines = ["---", *lines]
        lines += self._own_lines(0)
        end = self.random.choice(["\n", "\n", "\r\n"])
        return end.join(lines) + self.random.choice(["", end, end * 3])

    def _comment(self) -> str:
        self.comments.append(f"# {len(self.comments)}: {self.random.choice(['why', 'a - b: c', '{x}', 'été'])}")
        return self.comments[-1]

    def _own_lines(self, indent: int) -> list[str]:
        found = []
        while self.random.random() < 0.12:
            found.append(" " * self.random.choice([0, 0, 1]))
        while self._commented and self.random.random() < 0.12:
            found.append(" " * indent + self._comment())
        return found

    def _behind(self) -> str:
        if self._commented and self.random.random() < 0.12:
            return " " * self.random.randint(1, 9) + self._comment()
        return " " * self.random.choice([0, 0, 0, 2])

    def _mapping(self, value: dict[str, Any], indent: int, name: str) -> list[str]:
        lines: list[str] = []
        keys = list(value)
        if name in self._shuffled:
            self.random.shuffle(keys)
        for key in keys:
            lines += self._own_lines(indent)
            lines += self._entry(f"{' ' * indent}{key}:", value[key], indent, key)
        return lines

    def _sequence(self, value: list[Any], indent: int, name: str) -> list[str]:
        lines: list[str] = []
        for item in value:
            lines += self._own_lines(indent)
            lines += self._entry(f"{' ' * indent}-", item, indent, name)
        return lines

    def _entry(self, start: str, value: Any, indent: int, name: str) -> list[str]:
        step = self.random.choice([1, 2, 2, 3, 4, 7])
        if isinstance(value, dict | list) and value and self.random.random() < 0.6:
            below = indent + step
            if isinstance(value, dict):
                return [start + self._behind(), *self._own_lines(below), *self._mapping(value, below, name)]
            if start.endswith(":") and self.random.random() < 0.4:
                below = indent
            return [start + self._behind(), *self._sequence(value, below, name)]
        if isinstance(value, dict | list):
            return self._flow(start, value, indent + step)
        block = self._block(value, indent + step) if isinstance(value, str) and self.random.random() < 0.3 else None
        if block is not None:
            header, *lines = block
            return [f"{start} {header}{self._behind().rstrip()}", *lines]
        return [f"{start} {self._scalar(value)}{self._behind()}"]

    def _flow(self, start: str, value: Any, indent: int) -> list[str]:
        """One line, or a line for each entry with comments behind it."""
        parts = [
            f"{f'{key}: ' if key else ''}{self._inside(each)}"
            for key, each in (value.items() if isinstance(value, dict) else (("", each) for each in value))
        ]
        first, last = "{}" if isinstance(value, dict) else "[]"
        if not parts or self.random.random() < 0.6:
            return [f"{start} {first}{', '.join(parts)}{last}{self._behind()}"]
        lines = [f"{start} {first}{self._behind()}"]
        for number, part in enumerate(parts):
            lines += self._own_lines(indent)
            comma = "," if number < len(parts) - 1 or self.random.random() < 0.5 else ""
            lines.append(" " * indent + part + comma + self._behind())
        return [*lines, *self._own_lines(indent), f"{' ' * indent}{last}{self._behind()}"]

    def _inside(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key}: {self._inside(each)}" for key, each in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ",".join(self._inside(each) for each in value) + "]"
        return self._scalar(value, flow=True)

    def _scalar(self, value: Any, *, flow: bool = False) -> str:
        if isinstance(value, bool):
            return json.dumps(value)
        if value is None:
            return self.random.choice(["null", "~"])
        if isinstance(value, int | Decimal):
            return str(value)
        ascii_only = max(value, default="") <= "\uffff" and self.random.random() < 0.5  # JSON has surrogates
        forms = [json.dumps(value, ensure_ascii=ascii_only)]
        if "\n" not in value:
            forms.append("'" + value.replace("'", "''") + "'")
            if _is_plain(value, flow=flow):
                forms += [value] * 2
        return self.random.choice(forms)

    def _block(self, value: str, indent: int) -> list[str] | None:
        words = value.split(" ")
        if len(words) < 2 or "" in words or "\n" in value or "\t" in value:
            return None
        if self.random.random() < 0.3:
            return ["|-", " " * indent + value]
        lines = [words[0]]
        for word in words[1:]:
            if self.random.random() < 0.7:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return [">-", *(" " * indent + line for line in lines)]


def _is_plain(value: str, *, flow: bool) -> bool:
    text = f"[{value}]\n" if flow else f"a: {value}\n"
    found = read(text, "")
    if found.problems or plain_value(value) != value:
        return False
    return bool(found.documents[0].value == ([value] if flow else {"a": value}))
