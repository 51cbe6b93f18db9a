"""Checks of settings that become the metadata of Kubernetes objects, by the rules of the API server."""

from __future__ import annotations

from collections.abc import Mapping

from slosmith.model import Origin
from slosmith.output.kubernetes.names import is_label_key, is_label_value, is_namespace, is_object_name
from slosmith.problems import Problem, at


def metadata_problems(
    target: str,
    place: Origin,
    *,
    namespace: str,
    name_prefix: str,
    labels: Mapping[str, Mapping[str, str]],
    annotations: Mapping[str, Mapping[str, str]],
) -> list[Problem]:
    """Problems for what the API server would refuse; ``labels`` and ``annotations``: name of a setting -> its value.

    ``place`` is the origin of the settings of ``target``.
    """
    problems = []

    def refuse(message: str, hint: str, *path: str, on_key: bool = False) -> None:
        problem = Problem(
            code="TGT408", message=f"{target}: {message}", origin=at(place, *path), hint=hint, on_key=on_key
        )
        problems.append(problem)

    if namespace and not is_namespace(namespace):
        hint = "write at most 63 lower-case letters, digits and dashes"
        refuse(f"'{namespace}' is not a valid namespace", hint, "namespace")
    if not is_object_name(f"{name_prefix}x"):
        hint = "write lower-case letters, digits, dashes and dots"
        refuse(f"the name of an object cannot begin with '{name_prefix}'", hint, "name_prefix")
    for field, pairs in (*labels.items(), *annotations.items()):
        for key, value in sorted(pairs.items()):
            if not is_label_key(key):
                hint = "write at most 63 letters, digits, - _ . (a DNS name and / may be before them)"
                refuse(f"'{key}' is not a valid key of a label", hint, field, key, on_key=True)
            elif field in labels and not is_label_value(value):
                hint = "write at most 63 letters, digits, - _ ."
                refuse(f"'{value}' is not a valid value of a label", hint, field, key)
    return problems
