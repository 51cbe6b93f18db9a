"""When an alert is right: the same for all contestants, from the truth of a trace and not from anybody's windows.

A person has to act at once where the budget goes six times faster than it may and a twentieth of it is gone by the end;
such an incident needs a page. It needs at least a ticket where the budget goes one and a half times too fast and a
tenth of it is gone. Incidents in which fewer than three requests fail cannot be told from chance, and need nothing.

A page is right while the true burn rate of an incident is three or more, or was within the last hour. A ticket is right
while an incident burns faster than the budget allows (above 1), or did within the last six hours. Alerts that begin
while no sample at all arrives say so truly, and count neither as right nor as wrong.
"""

from __future__ import annotations

import msgspec

from bench.alerting.traces import Incident, Trace


class Rule(msgspec.Struct, frozen=True):
    """The numbers of the definition; others show what depends on them."""

    page_needed_burn: float = 6.0
    page_needed_share: float = 0.05
    page_right_burn: float = 3.0
    ticket_needed_burn: float = 1.5
    ticket_needed_share: float = 0.1
    ticket_right_burn: float = 1.0
    page_grace: int = 60
    ticket_grace: int = 360
    """Minutes after an incident in which an alert is still about it."""
    visible_failures: int = 3

    def scaled(self, factor: float) -> Rule:
        """The same with all burn rates of pages times ``factor``."""
        return msgspec.structs.replace(
            self,
            page_needed_burn=self.page_needed_burn * factor,
            page_right_burn=self.page_right_burn * factor,
        )

    def needs_page(self, incident: Incident) -> bool:
        """Whether it is a miss if nobody is paged."""
        return (
            incident.burn >= self.page_needed_burn
            and incident.share >= self.page_needed_share
            and incident.bad >= self.visible_failures
        )

    def needs_alert(self, incident: Incident) -> bool:
        """Whether it is a miss if there is neither a page nor a ticket."""
        return self.needs_page(incident) or (
            incident.burn >= self.ticket_needed_burn
            and incident.share >= self.ticket_needed_share
            and incident.bad >= self.visible_failures
        )

    def is_right(self, trace: Trace, minute: int, *, page: bool) -> bool | None:
        """Whether an alert that begins in ``minute`` is right; None: it says truly that there is no data."""
        burn, grace = (self.page_right_burn, self.page_grace) if page else (self.ticket_right_burn, self.ticket_grace)
        if any(i.start <= minute < i.end + grace and i.burn >= burn for i in trace.incidents):
            return True
        if any(first <= minute < last + 6 for first, last in trace.unseen):
            return None
        return False
