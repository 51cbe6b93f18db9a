"""CODEOWNERS in the syntax of GitHub and of GitLab."""

from __future__ import annotations

import pytest

from slosmith.changes.codeowners import owners, parse

GITHUB = """\
# everything else
*                     @everybody
*.md                  @writers docs@example.org   # two of them
/slo_specs/           @slo
/slo_specs/services/  @services
slo_specs/services/web.yaml @web @shop/web
/slo_specs/classes/*  @classes
**/policies           @governance
/slo_specs/services/nobody.yaml
docs/deep/**/a.yaml   @deep
with\\ space.yaml      @space
fil?.yaml             @mark
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("README", ["@everybody"]),
        ("docs/a/b.md", ["@writers", "docs@example.org"]),
        ("slo_specs/slosmith.yaml", ["@slo"]),
        ("other/slo_specs/slosmith.yaml", ["@everybody"]),
        ("slo_specs/services/a/b.yaml", ["@services"]),
        ("slo_specs/services/web.yaml", ["@web", "@shop/web"]),
        ("slo_specs/classes/a.yaml", ["@classes"]),
        ("slo_specs/classes/sub/a.yaml", ["@slo"]),
        ("x/y/policies/p.yaml", ["@governance"]),
        ("policies/p.yaml", ["@governance"]),
        ("slo_specs/services/nobody.yaml", []),
        ("docs/deep/a.yaml", ["@deep"]),
        ("docs/deep/x/y/a.yaml", ["@deep"]),
        ("a/with space.yaml", ["@space"]),
        ("file.yaml", ["@mark"]),
        ("fil/.yaml", ["@everybody"]),
    ],
)
def test_the_last_line_that_matches_counts(path: str, expected: list[str]) -> None:
    assert list(owners(parse(GITHUB), path)) == expected


GITLAB = """\
* @all
[Specs] @slo-team
slo_specs/
slo_specs/services/ @services
^[Advice]
slo_specs/ @advisers
[Security][2] @security
*.yaml
"""


def test_each_section_has_owners() -> None:
    """A line without owners has those of its section. Nobody has to approve for an optional section."""
    lines = parse(GITLAB)
    assert owners(lines, "slo_specs/slosmith.yaml") == ("@all", "@slo-team", "@security")
    assert owners(lines, "slo_specs/services/web.yaml") == ("@all", "@services", "@security")
    assert owners(lines, "README") == ("@all",)


@pytest.mark.parametrize("text", ["", "#", "[", "[a", "\\", "\\\n", "*" * 200, "[x]\n[y]\n", "!a @b", "a\0b @c"])
def test_no_text_is_an_error(text: str) -> None:
    assert owners(parse(text), "a/b.yaml") in ((), ("@b",), ("@c",))
