"""YAML text -> data with positions."""
