"""`slosmith docs` on a terminal. The transcripts have its output to a pipe."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from rich.markdown import Markdown

from slosmith.cli.docs import _relink
from slosmith.manual import pages


def on_a_terminal(*arguments: str) -> str:
    """The output to a terminal of 90 columns, without the codes for colours."""
    terminal, ours = os.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "90", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        [sys.executable, "-m", "slosmith", "docs", *arguments], stdout=ours, stderr=subprocess.STDOUT, env=environment
    ) as process:
        os.close(ours)
        shown = b""
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # Linux: the other side is closed
                break
            if not part:  # macOS
                break
            shown += part
    os.close(terminal)
    assert process.returncode == 0
    text = shown.decode().replace("\r\n", "\n")
    assert "\x1b[" in text
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_page_is_rendered() -> None:
    text = on_a_terminal("targets")
    assert text.splitlines()[0].strip() == "Targets: where the rules and dashboards go"
    assert "**" not in text
    assert "`" not in text
    assert "](" not in text
    assert " thanos   " in text  # the text of a link; `slosmith docs thanos` finds the page
    assert "TGT401, TGT402 (slosmith docs problems)" in " ".join(text.split())
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 90


@pytest.mark.parametrize("name", ["README.md", "slo_specs", "generated"])
def test_files_that_are_not_there_are_not_linked(name: str) -> None:
    assert f"../{name}" not in on_a_terminal("liftwing")


def test_links_of_every_page_lead_somewhere() -> None:
    """In this process, because a terminal for each page would take a minute."""
    for name, file in pages().items():
        rendered = Markdown(file.read_text("utf-8"), hyperlinks=False)
        _relink(rendered, name, pages())
        children = [child for token in rendered.parsed for child in token.children or ()]
        assert sum(child.type == "link_open" for child in children) == sum(c.type == "link_close" for c in children)
        for child in children:
            if child.type == "link_open":
                assert str(child.attrs["href"]).startswith(("slosmith docs ", "https://")), name
