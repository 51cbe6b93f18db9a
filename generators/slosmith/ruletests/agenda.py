"""The ticks of the test group for recordings and absence, in their order."""

IDLE, UNEVEN, NO_ERRORS_KNOWN, NOTHING, BACK, SINGLE, FEWER, ENOUGH, ENDED = range(1, 10)
"""Idle; uneven traffic; bad events missing; all missing; healthy again; a single request that fails; fewer failures
than alerts ask for; enough of them; from ENDED on one
tick for each window but the shortest, with the last events at its far end, and one with older ones only.
"""
