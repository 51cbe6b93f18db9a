"""Percent-encoding (RFC 3986) of the URLs in annotations of alerts, including URLs with templates."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

ANNOTATIONS = ("summary", "description", "budget", "runbook", "dashboard")
"""Our names of the annotations of alerts."""

LINKS = ("runbook", "dashboard")
"""The annotations that hold a URL."""

_TEMPLATE = re.compile(r"(\{\{.*?\}\})", re.DOTALL)
_ESCAPE = re.compile(r"(%[0-9A-Fa-f]{2})")
_IN_PATH = "/:@!$&'()*+,;=[]"
_IN_FRAGMENT = _IN_PATH + "?"
_IN_QUERY = "&=+"
"""The characters that separate the parts of a query. Other reserved characters are data in a query and can
be encoded.
"""


@lru_cache(maxsize=4096)
def percent_encoded(url: str) -> str:
    """``url`` with all characters encoded, as UTF-8, that are not allowed at their place.

    Encoded characters stay unchanged. Prometheus' templates (``{{ $labels.site }}``) stay unchanged too, because
    Prometheus fills them in later. A text that is not a URL (``TODO``) is returned unchanged.
    """
    encoded: list[str] = []
    safe = _IN_PATH
    for index, part in enumerate(_TEMPLATE.split(url)):
        if index % 2:
            encoded.append(part)
            continue
        # the first ? begins the query, the first # begins the fragment
        for piece in re.split(r"([?#])", part):
            if piece == "?" and safe == _IN_PATH:
                safe = _IN_QUERY
                encoded.append(piece)
            elif piece == "#" and safe != _IN_FRAGMENT:
                safe = _IN_FRAGMENT
                encoded.append(piece)
            else:
                encoded.append(_encode(piece, safe))
    return "".join(encoded)


def _encode(text: str, safe: str) -> str:
    parts = _ESCAPE.split(text)
    # every second part is an escape of the original text
    return "".join(part if index % 2 else quote(part, safe=safe) for index, part in enumerate(parts))
