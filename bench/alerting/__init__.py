"""A benchmark of SLO alerting: seeded traces, several sets of rules, and what each makes of them."""
