"""An SLO and its alerts in numbers."""
