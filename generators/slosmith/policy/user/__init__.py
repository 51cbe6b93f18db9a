"""User policies: rules of a project's own, written as CEL expressions over the resolved SLOs, without Python."""
