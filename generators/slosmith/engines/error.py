"""The one error of everything outside: a program or library that is missing, or does not do what it should."""


class EngineError(Exception):
    """The message says what is missing or went wrong, and how to get on; the command ends with exit code 3."""
