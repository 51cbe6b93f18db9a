"""The evaluations of the test group of recordings and absence, in order."""

(
    IDLE, UNEVEN, NO_EVENTS_KNOWN, NOTHING, BACK, SINGLE, ENOUGH, FEWER, AMONG_GOOD, TOO_FEW_AMONG_GOOD, ENDED,
) = range(1, 12)  # fmt: skip
"""Idle; uneven traffic; all events missing; every series missing; healthy again; a single request that fails; as many
failures as alerts ask for; fewer of them; both among good events; the last events at the far end of each window; after
ENDED, two for each long window with failures on both sides of its start.
"""
