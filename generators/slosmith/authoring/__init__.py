"""What writes specs for people: the layout of files, new projects and services, and a project's own JSON Schema."""
