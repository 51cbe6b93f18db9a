"""Groups of rules as they are evaluated, from the text of Prometheus' rule files."""

from __future__ import annotations

import msgspec

from slosmith.history.arithmetic.error import UnsupportedError
from slosmith.model import Duration, Labels

MINUTE = 60_000


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """``record`` is the name of what is recorded; empty: the rule is the alert ``alert``. Times in milliseconds."""

    expr: str
    record: str = ""
    alert: str = ""
    labels: Labels = ()
    hold: int = 0
    keep: int = 0

    @property
    def name(self) -> str:
        """The name of the record or the alert."""
        return self.record or self.alert


class Group(msgspec.Struct, frozen=True):
    """Rules that are evaluated in this order, every ``interval`` milliseconds, first ``phase`` after the start."""

    name: str
    rules: tuple[Rule, ...]
    interval: int = MINUTE
    phase: int = 0


class _FileRule(msgspec.Struct, forbid_unknown_fields=True):
    expr: str | int | float
    record: str = ""
    alert: str = ""
    labels: dict[str, str | int | float | bool] = {}
    annotations: dict[str, str] = {}
    hold: str = msgspec.field(name="for", default="0s")
    keep_firing_for: str = "0s"


class _FileGroup(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    rules: list[_FileRule] = []
    interval: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    groups: list[_FileGroup] = []


def read_rule_file(text: str, interval: int = MINUTE) -> tuple[Group, ...]:
    """The groups of a rule file; ``interval`` (milliseconds) is that of groups without one.

    Raises UnsupportedError for a file that is no rule file, and for fields that change results and are not evaluated
    (``limit``, ``query_offset``).
    """
    import msgspec.yaml

    try:
        file = msgspec.yaml.decode(text, type=_File)
        return tuple(
            Group(
                group.name, tuple(_rule(rule) for rule in group.rules), _milliseconds(group.interval or "") or interval
            )
            for group in file.groups
        )
    except ValueError as error:
        raise UnsupportedError(f"the rule file cannot be read: {error}") from None


def _rule(rule: _FileRule) -> Rule:
    if bool(rule.record) == bool(rule.alert):
        raise ValueError("a rule has either `record` or `alert`")
    labels = {name: str(value) for name, value in rule.labels.items()}
    for name, value in labels.items():
        if "{{" in value:
            raise ValueError(f"the label {name} of {rule.record or rule.alert} is a template, which is not evaluated")
    return Rule(
        expr=str(rule.expr),
        record=rule.record,
        alert=rule.alert,
        labels=tuple(sorted(labels.items())),
        hold=_milliseconds(rule.hold),
        keep=_milliseconds(rule.keep_firing_for),
    )


def _milliseconds(text: str) -> int:
    return 0 if text in ("", "0", "0s", "0m") else Duration.parse(text).milliseconds
