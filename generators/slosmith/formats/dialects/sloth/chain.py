"""Plugins that make rules (``slo_plugins``, ``plugins``). They are code, so only Sloth's own are supported:
their rules are known.
"""

from __future__ import annotations

from slosmith.formats.values import Node
from slosmith.problems.nearest import suggestion

_ALERTS = "sloth.dev/core/alert_rules/v1"
_RULE_PLUGINS = ("sloth.dev/core/sli_rules/v1", "sloth.dev/core/metadata_rules/v1", _ALERTS)
_KNOWN_PLUGINS = (*_RULE_PLUGINS, "sloth.dev/core/validate/v1", "sloth.dev/core/noop/v1", "sloth.dev/core/debug/v1")
"""The plugins of Sloth's own chain, and plugins that change nothing."""


def read_chain(node: Node, field: str) -> bool | None:
    """Whether the chain at ``field`` of ``node`` makes alerts; None if the chain before it decides."""
    part = node.child(field)
    if part is None:
        return None
    chain = part.items("chain")
    for step in chain:
        plugin = step.text("id")
        if plugin not in _KNOWN_PLUGINS:
            hint = suggestion(plugin, _KNOWN_PLUGINS, "Sloth's own are")
            step.report("RES327", f"the plugin '{plugin}' is code, which is not run here", ("id",), hint)
    overrides = "overridePrevious" if "overridePrevious" in part else "override_previous"
    if not part.values.get(overrides, False):
        return None
    ids = {step.text("id") for step in chain}
    missing = [plugin for plugin in _RULE_PLUGINS if plugin not in ids and plugin != _ALERTS]
    if missing:
        message = f"the chain leaves out {missing[0]}, whose rules the others read"
        hint = f"add `- id: {missing[0]}` to it, or remove `{overrides}`: alerts alone can be left out"
        part.report("RES327", message, (overrides,), hint, on_key=True)
    return _ALERTS in ids
