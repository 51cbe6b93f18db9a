"""What an SLO and its alerts mean in numbers."""
