"""Percent-encoding of the links in alerts."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from slosmith.vocabulary.links import percent_encoded


@pytest.mark.parametrize(
    ("written", "encoded"),
    [
        ("TODO", "TODO"),
        ("https://a.org/d/x?y=1&z=2#part", "https://a.org/d/x?y=1&z=2#part"),
        ("https://a.org/a b?q=a b/c", "https://a.org/a%20b?q=a%20b%2Fc"),
        ("https://a.org/a%20b?q=%2f&r=100%", "https://a.org/a%20b?q=%2f&r=100%25"),
        ("https://[::1]:9090/d", "https://[::1]:9090/d"),
        ("https://a.org/?q=é#ü", "https://a.org/?q=%C3%A9#%C3%BC"),
        (
            "https://a.org/d?var-site={{ $externalLabels.site }}&var-x={a|b}",
            "https://a.org/d?var-site={{ $externalLabels.site }}&var-x=%7Ba%7Cb%7D",
        ),
        ("https://a.org/{{ $labels.a }}?b=?#c?#", "https://a.org/{{ $labels.a }}?b=%3F#c?%23"),
    ],
)
def test_what_may_not_stand_there_is_encoded(written: str, encoded: str) -> None:
    assert percent_encoded(written) == encoded
    assert percent_encoded(encoded) == encoded


def test_values_come_out_as_they_went_in() -> None:
    query = urlsplit(percent_encoded("https://a.org/?var-q=a b/é:{x}|?'\"&var-r=1")).query
    assert parse_qs(query) == {"var-q": ["a b/é:{x}|?'\""], "var-r": ["1"]}
