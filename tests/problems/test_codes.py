"""The page of problems explains every code of the front end, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import slosmith

PACKAGE = Path(slosmith.__file__).parent
PAGE = PACKAGE.parents[1] / "docs" / "problems.md"


def test_codes_and_the_page_agree() -> None:
    used = {
        code
        for path in PACKAGE.rglob("*.py")
        for code in re.findall(r'"((?:SYN|SCH|RES)\d{3})"', path.read_text("utf-8"))
    }
    explained = re.findall(r"^\| ((?:SYN|SCH|RES)\d{3}) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(used) == sorted(explained)
