"""From rules, tests and dashboards to files on disk."""
