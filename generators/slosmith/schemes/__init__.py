"""Rule schemes: an SLO -> recording rules, alerts, and their unit tests."""
