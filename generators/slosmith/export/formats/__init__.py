"""One module a format, found by its being here."""
