"""JSON Schema: one compiled validator for each kind. Its errors become problems with hints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jsonschema_rs import Draft202012Validator, ValidationError

from slosmith.formats import messages
from slosmith.model import DocumentPath, Origin
from slosmith.problems import Problem


class Schema(msgspec.Struct, frozen=True):
    """A schema file of ours, by its name in ``folder``."""

    name: str
    folder: Path = Path(__file__).with_name("schemas")

    @property
    def text(self) -> str:
        """The file, as ``slosmith schema`` prints it."""
        return self.folder.joinpath(f"{self.name}.schema.json").read_text("utf-8")

    def document(self) -> dict[str, Any]:
        """The parsed schema."""
        return _document(self)

    def check(self, value: Any, definition: str, origin: Origin) -> list[Problem]:
        """The problems of ``value``, in the order of the document. The value must fit ``$defs/<definition>``, or the
        whole schema if ``definition`` is empty.
        """
        errors = list(_validator(self, definition).iter_errors(value))
        if not errors:
            return []
        found: dict[tuple[DocumentPath, str], Problem] = {}
        for error in self._best(errors):
            for problem in messages.describe(error, self.document(), value, origin):
                found.setdefault((problem.origin.path, problem.message), problem)
        return list(found.values())

    def _best(self, errors: list[ValidationError]) -> Iterator[ValidationError]:
        """Errors with each failed choice (oneOf) replaced by the errors of the branch that was meant."""
        for error in errors:
            branch = _meant_branch(error)
            if branch is None:
                yield error
            else:
                yield from self._best(branch)


def _meant_branch(error: ValidationError) -> list[ValidationError] | None:
    """The errors of the oneOf branch that the value resembles: the only one whose type fits. None: no branch fits."""
    if error.kind.name not in ("oneOf", "anyOf"):
        return None
    here = list(error.instance_path)
    fitting = [branch for branch in getattr(error.kind, "context", []) if branch and not _of_other_type(branch, here)]
    required = [all(inner.kind.name in ("required", "not") for inner in branch) for branch in fitting]
    return fitting[0] if len(fitting) == 1 and not any(required) else None


def _of_other_type(branch: list[ValidationError], here: list[str | int]) -> bool:
    """Whether a branch failed because the value at ``here`` is of another type altogether."""
    for inner in branch:
        if list(inner.instance_path) != here:
            continue
        if inner.kind.name == "type":
            return True
        choices = getattr(inner.kind, "context", None)
        if choices and all(_of_other_type(choice, here) for choice in choices):
            return True
    return False


@cache
def _document(schema: Schema) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(schema.text)
    return parsed


@cache
def _validator(schema: Schema, definition: str) -> Draft202012Validator:
    document = _document(schema)
    if not definition:
        return Draft202012Validator(document)
    root = {"$schema": document["$schema"], "$ref": f"#/$defs/{definition}", "$defs": document["$defs"]}
    return Draft202012Validator(root)
