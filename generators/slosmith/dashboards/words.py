"""The texts of a dashboard: Markdown for its text panel, titles for its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from slosmith.dashboards.sections import Section
from slosmith.model import Duration, Operations, Service, Slo
from slosmith.model.rules import AlertKind, RecordingKind
from slosmith.schemes.scheme import Scheme
from slosmith.vocabulary import sentences
from slosmith.vocabulary.numbers import percent_exact, plain

# backslashes and the characters that begin HTML, links, code, tables and emphasis in Markdown
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")


def title(section: Section) -> str:
    """Heading of a section's row: ``latency: 98% within 500ms``."""
    slo = section.first
    name = slo.indicator_name
    if len(section.slos) == 1:
        name += f" in {slo.site}" if slo.site else ("" if slo.name == name else f" ({slo.name})")
    return f"{name}: {percent_exact(slo.objective.target_ratio)}{sentences.limit(slo)}"


def objective(section: Section) -> str:
    """The objective as a sentence in Markdown, with its sites and its aspirational target."""
    slo = section.first
    where = [each.site or each.name for each in section.slos if each.site or len(section.slos) > 1]
    calendar = escape(slo.period.calendar.name) if slo.period.calendar is not None else None
    said = (
        f"**{escape(slo.indicator_name)}**{_in(where)}: {sentences.objective(slo, calendar=calendar)}. "
        f"Error budget: {percent_exact(slo.objective.error_budget_ratio)}."
    )
    if not slo.counts_events:
        said += " The SLI is a ratio without event counts: longer periods are averages over time."
    if slo.group_by:
        said += f" One SLO for each {escape(', '.join(slo.group_by))}."
    if slo.objective.aspirational_ratio is not None:
        said += f" Aspirational target (not guaranteed): {percent_exact(slo.objective.aspirational_ratio)}."
    if slo.alerting is None:
        said += " It has no alerts."
    if slo.description:
        said += f" {escape(slo.description)}"
    return said


def about(service: Service, sections: Sequence[Section], scheme: Scheme) -> str:
    """The text panel of a service: everything in its spec that is for people, the most important first."""
    head = [f"class **{escape(service.slo_class)}**"] if service.slo_class else []
    if service.team:
        head.append(f"team **{escape(service.team)}**")
    links = _links(("Documentation", service.documentation), ("Runbook", service.runbook))
    blocks = [" · ".join((*head, *links)), escape(service.description)]
    blocks += _section("Objectives", [objective(section) for section in sections])
    blocks += _section("Not on this dashboard", missing(service.slos, scheme))
    blocks += _section(
        "No guarantee",
        [f"**{escape(none.indicator)}** ({none.date}): {escape(none.reason)}" for none in service.no_guarantees],
    )
    blocks += _section(
        "Decisions",
        [f"{each.date}: {escape(each.decision)} _Why:_ {escape(each.reason)}" for each in service.decisions],
    )
    blocks += _section("Operations", list(_operation(service)))
    return "\n\n".join(block for block in blocks if block)


def about_fleet(slos: Sequence[Slo], scheme: Scheme) -> str | None:
    """The text panel of the fleet. None if nothing is missing from the dashboard."""
    found = _section("Not on this dashboard", missing(slos, scheme))
    return "\n\n".join(found) or None


def missing(slos: Sequence[Slo], scheme: Scheme) -> list[str]:
    """Notes about the rules: unusual properties, and values or alerts of the specs that the rules do not have."""
    recorded, kinds = scheme.recordings, scheme.alert_kinds
    found = [scheme.about] if scheme.about and slos else []
    if not scheme.counts_events and any(slo.counts_events for slo in slos):
        found.append("Numbers of events (all, bad, allowed): these rules do not count events.")
    calendars = sorted({slo.period.calendar.name for slo in slos if slo.period.calendar is not None})
    if calendars and RecordingKind.CALENDAR_BUDGET not in recorded:
        found.append(f"Reporting periods ({escape(', '.join(calendars))}): these rules do not record them.")
    aspirational = any(slo.objective.aspirational_ratio is not None for slo in slos)
    if aspirational and RecordingKind.ASPIRATIONAL not in recorded:
        found.append("Aspirational targets: these rules do not record them.")
    alerting = [slo.alerting for slo in slos if slo.alerting is not None]
    wanted = (
        (AlertKind.ABSENT, "missing data", any(each.absence for each in alerting)),
        (AlertKind.EXHAUSTED, "a spent budget", any(each.exhaustion for each in alerting)),
    )
    lacking = [subject for kind, subject, asked in wanted if asked and kind not in kinds]
    if lacking:
        found.append(f"Alerts about {' and '.join(lacking)}: these rules have none.")
    return found


def escape(text: str) -> str:
    """``text`` as Markdown that shows exactly this text, on one line. No text of a spec becomes markup."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def link_target(url: str) -> str:
    """The URL if it is safe to follow in a browser. Empty for a URL that could run code."""
    return url if re.fullmatch(r"https?://[^\s()<>\"']+", url) else ""


def _links(*pairs: tuple[str, str]) -> list[str]:
    return [f"[{name}]({url})" for name, url in pairs if link_target(url)]


def _in(places: Iterable[str]) -> str:
    said = ", ".join(escape(place) for place in places)
    return f" ({said})" if said else ""


def _section(heading: str, items: Sequence[str]) -> list[str]:
    return [f"#### {heading}", "\n".join(f"- {item}" for item in items)] if items else []


def _operation(service: Service) -> Iterable[str]:
    if service.responsible:
        yield f"Responsible: {escape(service.responsible)}"
    for kind, clients in (("External", service.clients_external), ("Internal", service.clients_internal)):
        if clients:
            yield f"{kind} clients: {escape(', '.join(clients))}"
    for hard, said in ((True, "Does not work without"), (False, "Works worse without")):
        needed = [
            each.name + (f" (target {percent_exact(each.target_ratio)})" if each.target_ratio is not None else "")
            for each in service.dependencies
            if each.hard is hard
        ]
        if needed:
            yield f"{said}: {escape(', '.join(needed))}"
    yield from _outages(service.operations)
    for name in ("monitoring", "deployment", "debugging"):
        if text := getattr(service.operations, name):
            yield f"{name.capitalize()}: {escape(text)}"


def _outages(operations: Operations) -> Iterable[str]:
    def said(duration: Duration | None, what: str) -> list[str]:
        return [f"{what} within {duration}"] if duration is not None else []

    parts = said(operations.time_to_detect, "detected") + said(operations.time_to_repair, "repaired")
    if operations.expected_outages is not None:
        parts.insert(0, f"{plain(operations.expected_outages)} expected in each reporting period")
    if parts:
        yield f"Outages: {', '.join(parts)}"
