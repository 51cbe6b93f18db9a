"""Settings that become the metadata of Kubernetes objects, judged before the API server does."""

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
    """What the API server would refuse; ``labels`` and ``annotations`` are settings, by the setting's name.

    ``place`` is where the settings of ``target`` stand.
    """
    problems = []

    def refuse(message: str, hint: str, *path: str, on_key: bool = False) -> None:
        problem = Problem(
            code="TGT408", message=f"{target}: {message}", origin=at(place, *path), hint=hint, on_key=on_key
        )
        problems.append(problem)

    if namespace and not is_namespace(namespace):
        hint = "lower-case letters, digits and dashes, at most 63"
        refuse(f"'{namespace}' is no namespace", hint, "namespace")
    if not is_object_name(f"{name_prefix}x"):
        hint = "lower-case letters, digits, dashes and dots"
        refuse(f"no object's name can begin with '{name_prefix}'", hint, "name_prefix")
    for field, pairs in (*labels.items(), *annotations.items()):
        for key, value in sorted(pairs.items()):
            if not is_label_key(key):
                hint = "letters, digits, - _ . and at most 63 of them, with a DNS name and / before it or without"
                refuse(f"'{key}' is no key of a label", hint, field, key, on_key=True)
            elif field in labels and not is_label_value(value):
                hint = "letters, digits, - _ . and at most 63 of them"
                refuse(f"'{value}' is no value of a label", hint, field, key)
    return problems
