"""Names in generated files, number formats, and links."""
