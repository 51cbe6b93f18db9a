"""The manual: the pages in the package, their names, and that every reference to a page names an existing page."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest

from slosmith import manual
from slosmith.manual import Entry, ManualError, find_page, index, linked_page, page_name, pages, parse_index

CHECKOUT = Path(__file__).resolve().parents[2]
DOCS = CHECKOUT / "docs"


def test_every_page_is_shipped() -> None:
    shipped = {name: file.read_text("utf-8") for name, file in pages().items()}
    written = {page_name(PurePosixPath(path.relative_to(DOCS))): path.read_text("utf-8") for path in DOCS.rglob("*.md")}
    written.pop("")  # the index
    assert shipped == written


def test_the_index_has_every_page() -> None:
    """All pages are in the index, without the pages of folders that have an index of their own."""
    listed = [entry.page for entry in index()]
    assert len(listed) == len(set(listed))
    folders = {name for name, file in pages().items() if file.name == "README.md"}
    assert set(listed) <= set(pages())
    assert {name for name in pages() if name.rpartition("/")[0] not in folders} <= set(listed)


def test_an_index_is_read() -> None:
    text = "# Pages\n\n- [One](one.md): begins here\n  and goes on.\n- [All](two/README.md): 1.5 times\n- no page\n"
    assert parse_index(text) == [Entry("one", "One", "begins here and goes on"), Entry("two", "All", "1.5 times")]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("rules", "rules"),
        ("targets/thanos", "targets/thanos"),
        ("thanos", "targets/thanos"),
        ("THANOS", "targets/thanos"),
        ("alt201", "checks/ALT201"),
        ("docs/targets/README.md", "targets"),
        ("./targets/", "targets"),
        ("rules.md", "rules"),
        ("README", None),
        ("", None),
        ("hanos", None),
    ],
)
def test_a_page_is_found(wanted: str, name: str | None) -> None:
    assert find_page(wanted, pages()) == name


def test_two_pages_of_one_name_are_not_guessed() -> None:
    known = {"a/same": DOCS, "b/same": DOCS}
    assert find_page("same", known) is None
    assert find_page("b/same", known) == "b/same"


@pytest.mark.parametrize(
    ("link", "page", "name"),
    [
        ("../rules.md#names", "targets/thanos", "rules"),
        ("../rules.md", "targets", "rules"),
        ("thanos.md", "targets", "targets/thanos"),
        ("targets/README.md", "rules", "targets"),
        ("../README.md", "rules", None),
        ("https://example.org/rules.md", "rules", None),
        ("#names", "rules", None),
        ("images/revertrisk.svg", "rules", None),
    ],
)
def test_links_lead_to_pages(link: str, page: str, name: str | None) -> None:
    assert linked_page(link, page, pages()) == name


def test_a_package_without_pages_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "FOLDER", "nothing-here")
    with pytest.raises(ManualError, match="missing from the installed package"):
        pages()


def test_every_page_that_is_named_exists() -> None:
    """References in messages, descriptions of schemas, pages and headers of files."""
    named: dict[str, str] = {}
    for folder in ("generators", "schemas", "docs", "tests/transcripts"):
        for path in (CHECKOUT / folder).rglob("*"):
            if path.suffix in (".py", ".json", ".yaml", ".md", ".txt", ".libsonnet") and path.is_file():
                for name in re.findall(r"`slosmith docs ([^`]+)`", path.read_text("utf-8")):
                    named[name] = str(path)
    assert {"policy", "indicators", "sloth"} <= set(named)
    placeholders = {"PAGE", "[PAGE]", "targets/<name>"}
    missing = {name: where for name, where in named.items() if find_page(name, pages()) is None}
    assert {name: where for name, where in missing.items() if name not in placeholders} == {}
