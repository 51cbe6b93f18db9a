"""A difference as text, as Markdown for a note, and as plain values for JSON."""
