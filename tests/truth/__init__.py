"""The truth test: generated rules over synthetic traffic in a real Prometheus, against what the events say."""
