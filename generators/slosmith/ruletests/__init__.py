"""Parts of unit tests of rules, for every scheme: input series, scenes, expected samples."""
