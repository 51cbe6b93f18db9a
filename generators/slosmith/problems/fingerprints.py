"""Identifies a problem across runs, also if lines have moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from slosmith.problems.problem import Problem


def fingerprints(problems: Iterable[Problem]) -> list[str]:
    """One fingerprint for each problem, in order: 64 hexadecimal digits, all different.

    It is made of code, file, path in the document and subject. It does not use lines, or the message, which may contain
    numbers that change. Problems that are equal in all of these are numbered in the order given.
    """
    seen: Counter[str] = Counter()
    found = []
    for problem in problems:
        path = "\x1f".join(str(step) for step in problem.path)
        identity = "\x1e".join((problem.code, problem.file, path, problem.subject))
        number = seen[identity]
        seen[identity] += 1
        found.append(hashlib.sha256(f"{identity}\x1e{number}".encode("utf-8", "surrogatepass")).hexdigest())
    return found
