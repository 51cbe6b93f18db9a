"""Text -> declarations: YAML, schemas, and the dialects that slosmith reads."""
