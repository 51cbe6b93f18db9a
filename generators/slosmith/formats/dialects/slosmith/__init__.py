"""slosmith's own specs."""
