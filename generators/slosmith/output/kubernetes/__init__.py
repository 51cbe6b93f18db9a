"""Shared by targets that write Kubernetes objects: names, metadata, the size of a ConfigMap."""
