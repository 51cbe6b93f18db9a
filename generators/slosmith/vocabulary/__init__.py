"""Every name that leaves the house, numbers as they are written, and links."""
