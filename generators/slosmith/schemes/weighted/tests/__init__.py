"""Unit tests of the weighted rules; what they cover is written down in docs/unit-tests.md."""
