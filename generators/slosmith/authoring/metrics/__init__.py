"""Proposals for a new service, from the series that exist: a metrics page or a Prometheus server."""
