"""What targets that write Kubernetes objects share: names, metadata, the size of a ConfigMap."""
