"""User policies: a project's own checks, written as CEL expressions over the resolved SLOs, without Python."""
