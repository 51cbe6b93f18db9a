"""The error of everything outside slosmith: a program, a library or a server is missing, or fails."""


class EngineError(Exception):
    """The message says what is missing or failed, and what to do. The command ends with exit code 3."""
