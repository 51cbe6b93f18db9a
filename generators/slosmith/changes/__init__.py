"""The meaning of a change: two projects -> what is different between them, and what follows from it."""
