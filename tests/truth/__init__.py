"""The truth test: generated rules run on synthetic traffic in a real Prometheus. Results are compared with
the events.
"""
