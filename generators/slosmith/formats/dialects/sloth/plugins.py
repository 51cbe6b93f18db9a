"""Sloth's SLI plugins: known by their ids, and not run. plugins.yaml describes what each counts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from slosmith.formats import free_queries as queries
from slosmith.formats.declarations import InlineIndicator, TemplateUse
from slosmith.formats.values import Node
from slosmith.formats.yaml import document
from slosmith.model import BooleanGauge, DocumentPath, Duration, Matcher, QueryRatio, RawRatio, Selector
from slosmith.problems.nearest import suggestion

_MS = {"seconds": 1000, "milliseconds": 1}
_EXAMPLES = {"seconds": "0.25", "milliseconds": "250"}


def plugin_ids() -> tuple[str, ...]:
    """The ids of all known plugins, sorted."""
    return tuple(sorted(_data()["plugins"]))


def read_plugin(
    node: Node, error_query: str = "error_query", total_query: str = "total_query"
) -> tuple[InlineIndicator | TemplateUse | None, Duration | None, DocumentPath]:
    """What ``plugin`` counts, and for a histogram the threshold with its path; None after a problem was reported.

    ``error_query`` and ``total_query`` are the keys that queries have in this format, for hints.
    """
    plugin = str(node.values["id"])
    known = _data()["plugins"].get(plugin)
    if known is None:
        what = f"slosmith does not know the SLI plugin '{plugin}'"
        if plugin.startswith("sloth-common/"):
            what = f"slosmith has no template for the SLI plugin '{plugin}'"
        near = _mistyped(plugin)
        hint = f"did you mean '{near}'?" if near else _queries_instead(plugin, error_query, total_query)
        node.report("RES327", f"{what}, and does not run the code of plugins", ("id",), hint)
        return None, None, ()
    return _Reader(node, plugin, known).read()


def _queries_instead(plugin: str, error_query: str, total_query: str) -> str:
    bad, total = 'sum(rate(x_total{code=~"5.."}[{{.window}}]))', "sum(rate(x_total[{{.window}}]))"
    if "latency" in plugin.lower() or "duration" in plugin.lower():
        total = "sum(rate(x_seconds_count[{{.window}}]))"
        bad = f'{total} - sum(rate(x_seconds_bucket{{le="0.5"}}[{{{{.window}}}}]))'
    events = f"{{{error_query}: '{bad}', {total_query}: '{total}'}}"
    return f"write out the queries that it makes, instead of `plugin:`: `events: {events}`"


def _mistyped(plugin: str) -> str | None:
    """The known plugin with an id that is similar in every step. If only the whole ids are similar, the known plugin
    may be about another program, with other metrics.
    """
    import difflib

    steps = plugin.split("/")
    for known in plugin_ids():
        others = known.split("/")
        alike = (difflib.SequenceMatcher(None, *pair).ratio() > 0.7 for pair in zip(steps, others, strict=False))
        if len(steps) == len(others) and all(alike):
            return known
    return None


class _Reader:
    def __init__(self, node: Node, plugin: str, known: dict[str, Any]) -> None:
        self.node, self.plugin, self.known = node, plugin, known
        options = node.values.get("options", {})
        self.options = {name: str(value).strip() for name, value in options.items()}
        self.matchers = [_matcher(text) for text in known.get("matchers", ())]
        self.parameters: dict[str, Any] = dict(known.get("with", {}))
        self.threshold: Duration | None = None
        self.threshold_path: DocumentPath = ()

    def read(self) -> tuple[InlineIndicator | TemplateUse | None, Duration | None, DocumentPath]:
        before = len(self.node.problems)
        allowed = self.known["options"]
        mistyped = any(name not in allowed for name in self.options)
        for name in self.options:
            if name not in allowed:
                hint = suggestion(name, allowed, "its options")
                message = f"the plugin {self.plugin} has no option '{name}'"
                self.node.report("RES327", message, ("options", name), hint, on_key=True)
        for name, meaning in allowed.items():
            value = self.options.get(name, "")
            if value:
                self._translate(name, value, meaning)
            elif meaning.get("required") and not mistyped:
                path = ("options",) if "options" in self.node else ("id",)
                hint = f"write `options: {{{name}: {_example(meaning)}}}`"
                self.node.report("RES327", f"the plugin {self.plugin} needs the option '{name}'", path, hint)
        if len(self.node.problems) > before:
            return None, None, ()
        if "boolean_gauge" in self.known:
            gauge = BooleanGauge((Selector(self.known["boolean_gauge"], tuple(self.matchers)),))
            return InlineIndicator(origin=self.node.origin, indicator=gauge), None, ()
        if "raw" in self.known:
            return InlineIndicator(origin=self.node.origin, indicator=RawRatio(self.known["raw"])), None, ()
        if "events" in self.known:
            return InlineIndicator(origin=self.node.origin, indicator=self._events()), None, ()
        return self._template(), self.threshold, self.threshold_path

    def _events(self) -> QueryRatio:
        from slosmith.promql import matcher_text

        matchers = ",".join(matcher_text(matcher) for matcher in self.matchers)
        bad, total = (self.known["events"][side].strip().replace("MATCHERS", matchers) for side in ("bad", "total"))
        return QueryRatio(total, bad=bad)

    def _template(self) -> TemplateUse:
        from slosmith.promql import matcher_text

        matchers = self.matchers or [_matcher(_data()["everything"])]
        place = self.node.origin
        return TemplateUse(
            origin=place,
            paths={"template": (*place.path, "id"), "parameters": (*place.path, "options")},
            template=self.known["template"],
            parameters={**self.parameters, "select": [matcher_text(matcher) for matcher in matchers]},
            indicator="latency" if self.threshold is not None else "availability",
            idle=bool(self.known.get("idle", False)),
        )

    def _translate(self, name: str, value: str, meaning: dict[str, Any]) -> None:
        path = ("options", name)
        if "parameter" in meaning:
            self.parameters[meaning["parameter"]] = value
        elif "matcher" in meaning:
            label, op = meaning["matcher"].split()
            self._add(Matcher(label, op, value), path)
        elif "threshold" in meaning:
            self._bound(value, meaning["threshold"], path)
        elif "excludes" in meaning:
            # Go's spellings of booleans
            if value.lower() in ("1", "t", "true"):
                self.matchers.append(_matcher(meaning["excludes"]))
            elif value.lower() not in ("0", "f", "false"):
                self.node.report("RES327", f"'{value[:40]}' is neither true nor false", path)
        else:
            self._filter(value, path)

    def _add(self, matcher: Matcher, path: DocumentPath) -> None:
        from slosmith import promql

        if matcher.op in ("=~", "!~"):
            try:
                promql.check_regex(matcher.value)
            except ValueError:
                self.node.report("RES312", f"'{matcher.value[:60]}' is not a regular expression (RE2)", path)
                return
        self.matchers.append(matcher)

    def _bound(self, value: str, unit: str, path: DocumentPath) -> None:
        try:
            milliseconds = Decimal(value) * _MS[unit]
        except InvalidOperation:
            milliseconds = Decimal("NaN")
        if not milliseconds.is_finite() or milliseconds <= 0 or milliseconds != milliseconds.to_integral_value():
            message = f"the bucket '{value[:40]}' is not a number of {unit}, in whole milliseconds"
            hint = f'write the number alone, such as "{_EXAMPLES[unit]}"; other buckets need `events`'
            self.node.report("RES327", message, path, hint)
            return
        self.threshold = Duration(int(milliseconds))
        self.threshold_path = (*self.node.origin.path, *path)

    def _filter(self, value: str, path: DocumentPath) -> None:
        from slosmith import promql

        try:
            selector = queries.parse_selector(f"x{{{value.strip('{}, ')}}}")
        except promql.PromqlError:
            hint = 'write matchers with commas between them: job="api",env="production"'
            self.node.report("RES327", f"'{value[:60]}' is not a filter", path, hint)
            return
        for matcher in selector.matchers:
            self._add(matcher, path)


def _example(meaning: dict[str, Any]) -> str:
    if "threshold" in meaning:
        return f"'{_EXAMPLES[meaning['threshold']]}'"
    return "'job=\"shop\"'" if "filter" in meaning else "shop"


def _matcher(text: str) -> Matcher:
    from slosmith.promql import parse_matcher

    return parse_matcher(text)


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_name("plugins.yaml")
    found, problems, _ = document.read(path.read_text("utf-8"), "")
    assert not problems, problems  # our own, and tested
    data: dict[str, Any] = found[0].value
    return data
