"""The URLs in alerts' annotations, percent-encoded in one place (RFC 3986), templates and all."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

LINKS = ("runbook", "dashboard")
"""The annotations that hold a URL."""

_TEMPLATE = re.compile(r"(\{\{.*?\}\})", re.DOTALL)
_ESCAPE = re.compile(r"(%[0-9A-Fa-f]{2})")
_IN_PATH = "/:@!$&'()*+,;=[]"
_IN_FRAGMENT = _IN_PATH + "?"
_IN_QUERY = "&=+"
"""What structures a query. The other reserved characters are data there, and mean the same when they are encoded."""


@lru_cache(maxsize=4096)
def percent_encoded(url: str) -> str:
    """``url`` with every character encoded that may not stand where it stands, as UTF-8.

    What is encoded already stays as it is, and so do Prometheus' templates (``{{ $labels.site }}``), which are filled
    in later. A text that is no URL (``TODO``) comes back unchanged.
    """
    encoded: list[str] = []
    safe = _IN_PATH
    for index, part in enumerate(_TEMPLATE.split(url)):
        if index % 2:
            encoded.append(part)
            continue
        # split and mark: the first ? begins the query, the first # the fragment
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
    # every second part is an escape that was there already
    return "".join(part if index % 2 else quote(part, safe=safe) for index, part in enumerate(parts))
