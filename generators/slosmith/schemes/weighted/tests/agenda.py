"""The evaluations of the test group of recordings and absence, in order."""

IDLE, UNEVEN, NO_EVENTS_KNOWN, NOTHING, BACK, SINGLE, ENOUGH, FEWER, ENDED = range(1, 10)
"""Idle; uneven traffic; all events missing; every series missing; healthy again; a single request that fails; as many
failures as alerts ask for; fewer of them; the last events at the far end of each window; after ENDED, two for each long
window with failures on both sides of its start.
"""
