"""Unit tests of the weighted rules. docs/unit-tests.md describes what they cover."""
