"""Links: every target and every anchor exists, and the index leads to every page."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests.documentation.pages import CHECKOUT, DOCS, parse

PAGES = sorted(DOCS.rglob("*.md"))
FRONT = [CHECKOUT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md")]
HOPS = 2


@cache
def links(page: Path) -> list[str]:
    """The targets of the links and images of a page."""
    found = []
    for token in parse(page.read_text("utf-8")):
        for child in token.children or ():
            target = child.attrs.get("href" if child.type == "link_open" else "src")
            if target is not None:
                found.append(str(target))
    return found


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as in GitLab and GitHub."""
    tokens = parse(page.read_text("utf-8"))
    found: set[str] = set()
    for token, after in pairwise(tokens):
        if token.type == "heading_open":
            words = "".join(child.content for child in after.children or ())
            slug = re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")
            number = sum(
                anchor == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", anchor) is not None for anchor in found
            )
            found.add(f"{slug}-{number}" if number else slug)
    return found


def place(page: Path, link: str) -> Path:
    """The file or folder that is the target of a link."""
    path, _, _ = link.partition("#")
    return (page.parent / path).resolve() if path else page


@pytest.mark.parametrize("page", [*PAGES, *FRONT], ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_no_link_is_dead(page: Path) -> None:
    for link in links(page):
        if link.startswith(("https://", "http://")):
            continue
        target = place(page, link)
        assert target.exists(), link
        assert target.is_relative_to(CHECKOUT), link
        _, hash_sign, anchor = link.partition("#")
        if hash_sign:
            assert anchor in anchors(target), link


def test_every_page_is_reached_from_the_index() -> None:
    reached, edge = {DOCS / "README.md"}, {DOCS / "README.md"}
    for _ in range(HOPS):
        edge = {place(page, link) for page in edge for link in links(page) if "://" not in link}
        edge = {page for page in edge if page.suffix == ".md" and page.is_relative_to(DOCS)} - reached
        reached |= edge
    assert [page.relative_to(DOCS).as_posix() for page in PAGES if page not in reached] == []


def test_the_front_page_leads_to_the_index() -> None:
    assert DOCS / "README.md" in {place(CHECKOUT / "README.md", link) for link in links(CHECKOUT / "README.md")}


def test_prose_is_wrapped() -> None:
    """Prose wraps at 100 columns. Tables, links, code and headings cannot be wrapped."""
    for page in [*PAGES, *FRONT]:
        lines = page.read_text("utf-8").splitlines()
        code = {
            number
            for token in parse("\n".join(lines))
            if token.type in ("fence", "code_block") and token.map
            for number in range(*token.map)
        }
        for number, line in enumerate(lines):
            if len(line) > 100 and number not in code and not line.startswith(("|", "#", "![", "<!--")):
                assert " " not in line.strip().removeprefix("- "), f"{page}:{number + 1}: run scripts/wrap-docs"
