"""What unit tests of rules are made of, for every scheme: input series, scenes, expected samples."""
