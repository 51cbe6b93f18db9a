"""The ticks of the test group for recordings and absence, in their order."""

IDLE, UNEVEN, NO_ERRORS_KNOWN, NOTHING, BACK, SINGLE, ENOUGH, FEWER, ENDED = range(1, 10)
"""Idle; uneven traffic; bad events missing; all missing; healthy again; a single request that fails; as many
failures as alerts ask for; fewer of them; from ENDED on a tick for each far end of a window, with the last events
there, and one with older ones only; after these, two for each long window with failures on both sides of its start.
"""
