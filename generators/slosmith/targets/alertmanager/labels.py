"""The alerts of SLOs, with the labels for routes and inhibition."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from slosmith.model import Slo
from slosmith.promql import literal_regex, quote
from slosmith.schemes.scheme import Alert
from slosmith.vocabulary import names

OURS = f'{names.ID}!=""'
"""Matches the alerts of SLOs, and no other alerts."""


class Raised(msgspec.Struct, frozen=True):
    """An alert of an SLO, as it reaches Alertmanager."""

    slo: Slo
    alert: Alert

    def label(self, name: str) -> str:
        """The value of a label: of the alert, or else of the series; empty if both have none."""
        return dict(self.alert.labels).get(name) or dict(self.slo.labels).get(name, "")


def any_of(label: str, values: Iterable[str]) -> str:
    """A matcher of an Alertmanager configuration: ``label`` has one of ``values``."""
    found = sorted(values)
    if len(found) == 1:
        return f"{label}={quote(found[0])}"
    return f"{label}=~{quote('|'.join(literal_regex(value) for value in found))}"
