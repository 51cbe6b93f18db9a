"""The evaluations of the test group of recordings and absence, in order."""

IDLE, UNEVEN, NO_ERRORS_KNOWN, NOTHING, BACK, SINGLE, ENOUGH, FEWER, ENDED = range(1, 10)
"""No traffic; uneven traffic; bad events missing; all series missing; healthy again; a single bad event; as many bad
events as alerts need; fewer than alerts need.

From ENDED on there is an evaluation for the start of each window, with the last events there, and one with older events
only. After these there are two evaluations for each long window, with bad events on both sides of its start.
"""
