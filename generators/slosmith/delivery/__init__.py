"""What leaves this repository: generated files for other repositories, and notes on merge requests."""
