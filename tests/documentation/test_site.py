"""scripts/make-site without the run of Zensical: the copied pages, their order, and that nothing is downloaded."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.documentation.pages import CHECKOUT, DOCS
from tests.documentation.test_links import links


@pytest.fixture(scope="module")
def site() -> ModuleType:
    loader = SourceFileLoader("make_site", str(CHECKOUT / "scripts/make-site"))
    spec = spec_from_loader("make_site", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def copied(site: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(site, "WORK", tmp_path / "work")
    site.copy_pages()
    return tmp_path / "work/docs"


def leaves(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for below in entry.values() if isinstance(entry, dict) else entry:
            yield from leaves(below)


def test_the_navigation_has_every_page_once(site: ModuleType, copied: Path) -> None:
    listed = list(leaves(tomllib.loads(site.configuration())["project"]["nav"]))
    assert len(listed) == len(set(listed))
    assert set(listed) == {page.relative_to(copied).as_posix() for page in copied.rglob("*.md")}
    sections = [section for entry in site.navigation() for section in entry]
    assert sections == ["Overview", *re.findall(r"^## (.*)$", (DOCS / "README.md").read_text("utf-8"), re.MULTILINE)]


def test_links_of_copies_lead_to_copies(copied: Path) -> None:
    for page in copied.rglob("*.md"):
        for link in links(page):
            if "://" not in link and not link.startswith("#"):
                assert (page.parent / link.partition("#")[0]).resolve().is_file(), (page, link)


def test_examples_are_copied_as_they_are(copied: Path) -> None:
    from tests.documentation.pages import blocks

    for page in DOCS.rglob("*.md"):
        place = page.relative_to(DOCS)
        copy = copied / (place.with_name("index.md") if place.name == "README.md" else place)
        assert [block.text for block in blocks(copy.read_text("utf-8"))] == [
            block.text for block in blocks(page.read_text("utf-8"))
        ]


def test_what_would_be_fetched_is_found(site: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text('<a href="https://example.org"><script src="a.js"></script><img src="/b.png">')
    (tmp_path / "good.css").write_text("@import 'other.css'; a { background: url(data:image/png;base64,AA) }")
    assert site.fetched(tmp_path) == []
    (tmp_path / "bad.html").write_text('<link rel="stylesheet" href="//fonts.example.org/x.css"><pre class="mermaid">')
    (tmp_path / "bad.css").write_text("@import url('https://cdn.example.org/y.css');")
    assert site.fetched(tmp_path) == [
        "bad.html: //fonts.example.org/x.css",
        "bad.html: https://unpkg.com/mermaid",
        "bad.css: https://cdn.example.org/y.css",
    ]


def test_fonts_are_the_readers_own(site: ModuleType) -> None:
    project = tomllib.loads(site.configuration())["project"]
    assert project["theme"]["font"] is False
    assert "repo_url" not in project
    assert "https:" not in json.dumps(project)
