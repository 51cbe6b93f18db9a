"""promtool's results as JUnit XML, in the shape that GitLab reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from slosmith.engines.promtool import FileResult

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, escaped or not."""


def junit_xml(results: Sequence[tuple[str, FileResult]], seconds: float) -> str:
    """One test case a file and step (``check`` or ``test``); ``seconds`` is the wall time of the whole run."""
    failures = sum(not result.passed for _, result in results)
    counts = f'tests="{len(results)}" failures="{failures}" errors="0" skipped="0" time="{seconds:.3f}"'
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="slosmith" {counts}>',
        f'  <testsuite name="promtool" {counts}>',
    ]
    for step, result in results:
        file = _attribute(result.file.as_posix())
        name = _attribute(result.file.name)
        opening = f'    <testcase classname="promtool {step}" name={name} file={file} time="{result.seconds:.3f}"'
        if result.passed:
            lines.append(f"{opening}/>")
            continue
        text = "\n".join(result.messages)
        first = _attribute(result.messages[0] if result.messages else "failed")
        lines.append(f"{opening}>")
        lines.append(f"      <failure message={first}>{escape(_clean(text))}</failure>")
        lines.append("    </testcase>")
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))
