"""Plugins that make rules (``slo_plugins``, ``plugins``). Plugins are code, which slosmith does not run. It reads
Sloth's own plugins, because their rules are known, and contributed plugins with an effect that slosmith has too.

The chain of an SLO is Sloth's default chain, then the document's plugins, then the SLO's own. ``overridePrevious``
drops all plugins before it.
"""

from __future__ import annotations

import msgspec

from slosmith.formats.values import Node
from slosmith.model import DocumentPath, Labels
from slosmith.problems import Problem
from slosmith.problems.nearest import nearest
from slosmith.vocabulary import names

_ALERTS = "sloth.dev/core/alert_rules/v1"
_RECORDINGS = ("sloth.dev/core/sli_rules/v1", "sloth.dev/core/metadata_rules/v1")
INFO_LABELS = "sloth.dev/contrib/info_labels/v1"
"""It adds labels to the info series."""
_NO_EFFECT = (
    "sloth.dev/core/validate/v1", "sloth.dev/core/noop/v1", "sloth.dev/core/debug/v1",
    # slosmith parses every query as PromQL, in any case
    "sloth.dev/contrib/validate_victoria_metrics/v1",
)  # fmt: skip
_KNOWN = (*_RECORDINGS, _ALERTS, INFO_LABELS, *_NO_EFFECT)

_INSTEAD = {
    "sloth.dev/contrib/alert_for/v1": (
        "remove it, and `for`: the short window of each pair already ignores short bursts"
    ),
    "sloth.dev/contrib/rule_intervals/v1": (
        "remove it, and write `evaluation_interval: {interval}` in slosmith.yaml: all groups have this interval"
    ),
    "sloth.dev/contrib/error_budget_exhausted_alert/v1": (
        "remove it: `rules: weighted` has an alert for a spent budget, which `alerting: {exhaustion: ...}` sets"
    ),
    "sloth.dev/contrib/remove_labels/v1": (
        f"remove it, and move the labels from `labels` to the plugin {INFO_LABELS}: only {names.INFO} then has them"
    ),
    "sloth.dev/contrib/denominator_corrected_rules/v1": (
        "remove it: `rules: weighted` counts events, so times with little traffic weigh little"
    ),
    "sloth.dev/contrib/sli_total_amount_rules/v1": (
        f"remove it: `rules: weighted` records all events as {names.TOTAL_RATE} and {names.PERIOD_TOTAL}"
    ),
}
"""What to write instead of a contributed plugin."""


class PluginChain(msgspec.Struct, frozen=True):
    """The plugins that apply to an SLO, and what they change."""

    ids: frozenset[str] = frozenset((*_RECORDINGS, _ALERTS))
    info_labels: Labels = ()
    info_path: DocumentPath = ()
    """Path of the labels in the document."""
    overrides: tuple[Node, str] | None = None
    """The last part that drops the plugins before it, and its key."""

    @property
    def alerts(self) -> bool:
        """Whether it makes alerts."""
        return _ALERTS in self.ids

    def check(self) -> None:
        """Report missing recordings: dashboards, budgets and alerts read them."""
        missing = [plugin for plugin in _RECORDINGS if plugin not in self.ids]
        if not missing or self.overrides is None:
            return
        part, key = self.overrides
        problem = Problem(
            code="RES327",
            message=f"the chain has no {missing[0]}, but other rules read the rules of this plugin",
            hint=f"add `- id: {missing[0]}`, or remove `{key}`: a chain may leave out the alerts only",
            origin=part.at(key),
            on_key=True,
        )
        # all SLOs of a document share its chain
        if problem not in part.problems:
            part.problems.append(problem)


def read_chain(node: Node, field: str, before: PluginChain | None = None) -> PluginChain:
    """The chain after the plugins at ``field`` of ``node``; ``before`` is the chain so far (none: Sloth's default)."""
    found = before if before is not None else PluginChain()
    part = node.child(field)
    if part is None:
        return found
    overrides = "overridePrevious" if "overridePrevious" in part else "override_previous"
    if part.values.get(overrides, False):
        found = PluginChain(ids=frozenset(), overrides=(part, overrides))
    for step in part.items("chain"):
        plugin = step.text("id")
        if plugin in _KNOWN:
            found = msgspec.structs.replace(found, ids=found.ids | {plugin})
        else:
            hint = _instead(plugin, step)
            step.report("RES327", f"slosmith does not run the code of the plugin '{plugin}'", ("id",), hint)
        if plugin == INFO_LABELS:
            found = _with_info_labels(found, step)
    return found


def _instead(plugin: str, step: Node) -> str:
    hint = _INSTEAD.get(plugin)
    if hint is None:
        near = nearest(plugin, (*_KNOWN, *_INSTEAD))
        if near is not None:
            return f"did you mean '{near}'?"
        return "remove it, and write its rules into a rule file of your own; only Sloth's own plugins are allowed"
    return hint.replace("{interval}", _interval(step))


def _interval(step: Node) -> str:
    """The plugin's default interval, for the hint; Sloth's example if there is none."""
    config = step.values.get("config")
    intervals = config.get("interval") if isinstance(config, dict) else None
    found = intervals.get("default") if isinstance(intervals, dict) else None
    return found if isinstance(found, str) and len(found) < 12 and found.isalnum() else "1m"


def _with_info_labels(chain: PluginChain, step: Node) -> PluginChain:
    """The chain with the labels in the plugin's ``config``. No schema has checked them."""
    config = step.values.get("config", {})
    labels = config.get("labels") if isinstance(config, dict) else None
    if not isinstance(labels, dict) or not all(_is_label(*pair) for pair in labels.items()):
        hint = "write `config: {labels: {owner: shop}}`"
        path = ("config",) if "config" in step else ("id",)
        step.report("RES327", "the plugin needs `config.labels`: names of labels, each with a text", path, hint)
        return chain
    metric = config.get("metricName", names.INFO)
    if metric != names.INFO:
        hint = f"remove it: the labels are then on {names.INFO}"
        step.report("RES327", "the name of the info series cannot be set", ("config", "metricName"), hint)
    merged = tuple(sorted({**dict(chain.info_labels), **labels}.items()))
    return msgspec.structs.replace(chain, info_labels=merged, info_path=step.at("config", "labels").path)


def _is_label(name: object, value: object) -> bool:
    first = isinstance(name, str) and name.replace("_", "a").isalnum() and name.isascii() and not name[0].isdigit()
    return first and isinstance(value, str) and bool(value)
