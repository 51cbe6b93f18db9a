"""Problems: what is wrong with the input, where, and what to write instead."""

from slosmith.problems.problem import InputError, Problem, Severity, Span, Texts, at

__all__ = ["InputError", "Problem", "Severity", "Span", "Texts", "at"]
