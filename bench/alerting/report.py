"""The results as JSON, as tables in Markdown between two markers of the README, and as plots."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import fill

import msgspec

from bench.alerting.contestants import CONTESTANTS
from bench.alerting.cost import Cost
from bench.alerting.plots import draw
from bench.alerting.scoring import TRUTHS, Score
from bench.alerting.summary import MEASURES, Summary, better, shared, summarize
from bench.alerting.traces import BANDS, DISTURBANCES, SCENARIOS, TARGETS

BEGIN, END = "<!-- results: written by run.py -->", "<!-- end of results -->"
OURS = "slosmith"


class Results(msgspec.Struct, frozen=True):
    """Every contestant on every trace, and what its rules cost."""

    scores: list[Score]
    costs: dict[str, Cost]
    traces: int


def write(folder: Path, docs: Path | None, results: Results) -> None:
    """Write results.json, the plot, and the tables in README.md; into ``docs`` the first table and the plot."""
    scores, costs = results.scores, results.costs
    names = _taking_part(scores)
    overall = {name: summarize(_of(scores, name)) for name in names}
    bands = {
        band: {name: summarize(_of(scores, name, lambda s, band=band: s.band == band)) for name in names}
        for band in BANDS
    }
    document = {
        "traces": results.traces,
        "overall": overall,
        "sensitivity": {truth: {name: summarize(_of(scores, name), truth) for name in names} for truth in TRUTHS},
        "bands": bands,
        "scenarios": _by(scores, names, "scenario", SCENARIOS),
        "disturbances": _by(scores, names, "disturbance", DISTURBANCES),
        "targets": _by(scores, names, "target", TARGETS),
        "periods": _by(scores, names, "period", (7, 28, 30, 91)),
        "cost": costs,
    }
    builtins = msgspec.to_builtins(document)
    (folder / "results.json").write_text(json.dumps(_rounded(builtins), indent=1) + "\n", "utf-8")
    (folder / "bands.svg").write_text(draw(bands), "utf-8")
    _insert(folder / "README.md", _tables(results, overall, bands))
    if docs is not None:
        (docs / "images" / "alerting-benchmark.svg").write_text(draw(bands), "utf-8")
        _insert(docs / "benchmark.md", f"{_overall(overall, costs)}\n\n{_dominance(scores)}\n")


def _taking_part(scores: Sequence[Score]) -> list[str]:
    there = {each.contestant for each in scores}
    return [each.name for each in CONTESTANTS if each.name in there]


def _of(scores: Sequence[Score], name: str, fits: Callable[[Score], bool] = lambda _: True) -> list[Score]:
    return [each for each in scores if each.contestant == name and fits(each)]


def _by(scores: Sequence[Score], names: list[str], key: str, values: Sequence[object]) -> dict[str, dict[str, Summary]]:
    return {
        str(value): {
            name: summarize(_of(scores, name, lambda s, value=value: getattr(s, key) == value)) for name in names
        }
        for value in values
    }


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value


def _insert(file: Path, text: str) -> None:
    page = file.read_text("utf-8") if file.is_file() else f"# Benchmark of alerting\n\n{BEGIN}\n{END}\n"
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    file.write_text(f"{head}{BEGIN}\n\n{text}\n{END}{tail}", "utf-8")


# --- tables


def _tables(results: Results, overall: dict[str, Summary], bands: dict[str, dict[str, Summary]]) -> str:
    parts = [f"{results.traces:,} traces.", _overall(overall, results.costs)]
    parts += ["### By traffic", *(f"{band}\n\n{_table(found)}" for band, found in bands.items())]
    parts += ["### Who is better", _dominance(results.scores)]
    parts += ["### If right is defined otherwise", _sensitivity(results.scores)]
    return "\n\n".join(parts) + "\n"


def _overall(overall: dict[str, Summary], costs: dict[str, Cost]) -> str:
    titles = {each.name: each.title for each in CONTESTANTS}
    columns = ("contestant", "traces", "budget recorded", "off by, median", "off by, worst", "rules a minute",
               "samples a minute")  # fmt: skip
    rows = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for name, found in overall.items():
        cost = costs[name]
        rows.append(
            f"| {titles[name]} (`{name}`) | {found.traces:,} | {_share(found.budget_known)} | "
            f"{_share(found.budget_error_median)} | {_share(found.budget_error_worst)} | "
            f"{cost.rules:.0f} | {cost.samples:,.0f} |"
        )
    return _table(overall) + "\n\n" + "\n".join(rows)


def _table(found: dict[str, Summary]) -> str:
    rows = ["| | " + " | ".join(measure.title for measure in MEASURES) + " |", "|---" * (len(MEASURES) + 1) + "|"]
    for name, one in found.items():
        cells = (_cell(measure.key, getattr(one, measure.key)) for measure in MEASURES)
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _cell(key: str, value: float | None) -> str:
    if value is None:
        return ""
    if key.endswith(("recall", "precision")):
        return f"{100 * value:.1f} %"
    return f"{value:.2f}" if key.startswith("false") else f"{value:.0f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.2f} %"


def _dominance(scores: Sequence[Score]) -> str:
    """Where a contestant is better than ours on one measure and worse on none, in the periods that both take."""
    lines = []
    for band in BANDS:
        within = [each for each in scores if each.band == band]
        for other in (name for name in _taking_part(scores) if name != OURS):
            ours, theirs = shared(within, OURS, other)
            if ours and theirs and (measures := better(summarize(theirs), summarize(ours))):
                line = f"- {band}: `{other}` is better than `{OURS}` ({', '.join(measures)}), and worse on nothing."
                lines.append(fill(line, 100, subsequent_indent="  ", break_on_hyphens=False))
    return (
        "\n".join(lines) if lines else f"In no traffic band is a contestant better than `{OURS}` without being worse."
    )


def _sensitivity(scores: Sequence[Score]) -> str:
    rows = ["| | " + " | ".join(f"{truth}: pages right, incidents paged" for truth in TRUTHS) + " |",
            "|---" * (len(TRUTHS) + 1) + "|"]  # fmt: skip
    for name in _taking_part(scores):
        found = [summarize(_of(scores, name), truth) for truth in TRUTHS]
        cells = (f"{_cell('precision', one.page_precision)}, {_cell('recall', one.page_recall)}" for one in found)
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)
