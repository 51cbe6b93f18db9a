"""Sections of a dashboard. SLOs with the same objective at several sites share a section, with one series each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from slosmith.model import Slo
from slosmith.promql import literal_regex, quote
from slosmith.vocabulary import names


class Section(msgspec.Struct, frozen=True):
    """SLOs of one service with the same indicator, objective, period and alerts. Only site and name differ."""

    slos: tuple[Slo, ...]

    @property
    def first(self) -> Slo:
        return self.slos[0]

    @property
    def per_site(self) -> bool:
        """Whether the dashboard's variable for sites selects among these SLOs."""
        return all(slo.site is not None and slo.name == f"{slo.indicator_name}-{slo.site}" for slo in self.slos)


def sections(slos: Sequence[Slo]) -> tuple[Section, ...]:
    """The SLOs of a service in sections. Sections and SLOs are in the order of the service."""
    groups: dict[tuple[object, ...], list[Slo]] = {}
    for slo in slos:
        groups.setdefault(_key(slo), []).append(slo)
    return tuple(Section(tuple(group)) for group in groups.values())


def _key(slo: Slo) -> tuple[object, ...]:
    # an SLO without a site has only its name to distinguish it, and it may count other events
    apart = None if slo.site is not None else slo.name
    return (apart, slo.indicator_name, type(slo.indicator), slo.objective, slo.period, slo.alerting, slo.group_by)


def selector(section: Section, others: Sequence[Slo], site_variable: str) -> str:
    """The content of the braces that select a section's series.

    It uses the dashboard's variable for sites, if possible. This is not possible if the pattern would also match
    ``others``, the SLOs of the service in other sections.
    """
    service = f"{names.SERVICE}={quote(section.first.service)}"
    if len(section.slos) == 1:
        return f"{service}, {names.SLO}={quote(section.first.name)}"
    indicator = section.first.indicator_name
    if section.per_site and not any(slo.name.startswith(f"{indicator}-") for slo in others):
        # the pattern is a regular expression in a PromQL string. Grafana escapes the variable's value for both
        pattern = quote(f"{literal_regex(indicator)}-(")[:-1] + f"${site_variable})" + '"'
        return f"{service}, {names.SLO}=~{pattern}"
    pattern = "|".join(literal_regex(slo.name) for slo in section.slos)
    return f"{service}, {names.SLO}=~{quote(pattern)}"
