"""Draws the README's chart from recordings of the generated rules in a real Prometheus.

    .venv/bin/python -m tests.truth.draw_chart docs/images/revertrisk.svg

The traffic is the truth test's (tests/truth): a quarter of synthetic Lift Wing requests, loaded into Prometheus as they
would have been scraped. Needs promtool and prometheus (`make prometheus`) and a few minutes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from slosmith.engines.promtool import find_promtool
from slosmith.model import Duration
from slosmith.schemes.tiers import tiers
from slosmith.vocabulary import names
from tests.truth.lift_wing import OUTAGE_AT_NIGHT, QUARTER_STARTS, SPAN
from tests.truth.recorded import record_lift_wing

SLO = "revertrisk-language-agnostic-availability-eqiad"
WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 860, 190, 56, 150, 34, 62
Values = Mapping[int, float]
"""Minutes since the start of the recording -> value."""


class Panel:
    """One chart: axes, lines and a caption, at a height in the picture."""

    def __init__(self, y: int, title: str, first: int, last: int, low: float, high: float) -> None:
        self.y, self.first, self.last, self.low, self.high = y, first, last, low, high
        self.parts = [f'<text x="{LEFT}" y="{y - 12}" class="title">{title}</text>']
        self.labels: list[tuple[float, str]] = []

    def x_of(self, minute: float) -> float:
        return LEFT + (minute - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)

    def y_of(self, value: float) -> float:
        return self.y + PANEL - (value - self.low) / (self.high - self.low) * PANEL

    def axes(self, values: Iterable[float], moments: Iterable[tuple[int, str]]) -> None:
        for value in values:
            y = self.y_of(value)
            self.parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
            self.parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" class="tick" text-anchor="end">{value:.0%}</text>')
        for minute, text in moments:
            x = self.x_of(minute)
            self.parts.append(f'<path class="grid" d="M{x:.1f} {self.y}V{self.y + PANEL}"/>')
            self.parts.append(
                f'<text x="{x:.1f}" y="{self.y + PANEL + 16}" class="tick" text-anchor="middle">{text}</text>'
            )

    def line(self, values: Values, name: str, style: str) -> None:
        points = [(minute, value) for minute, value in values.items() if self.first <= minute <= self.last]
        path = "L".join(f"{self.x_of(minute):.1f} {self.y_of(value):.1f}" for minute, value in points)
        self.parts.append(f'<path class="line {style}" d="M{path}"/>')
        self._label(points[-1][1], name, style)

    def threshold(self, value: float, name: str) -> None:
        y = self.y_of(value)
        self.parts.append(f'<path class="threshold" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        self._label(value, name, "over")

    def shade(self, first: int, last: int, name: str) -> None:
        x = self.x_of(first)
        width = self.x_of(last) - x
        self.parts.append(f'<rect class="fires" x="{x:.1f}" y="{self.y}" width="{width:.1f}" height="{PANEL}"/>')
        self.parts.append(f'<text x="{x + 4:.1f}" y="{self.y + PANEL - 8}" class="label over">{name}</text>')

    def _label(self, value: float, text: str, style: str) -> None:
        y = self.y_of(value) + 4
        while any(abs(y - other) < 15 for other, _ in self.labels):
            y -= 15
        self.labels.append((y, text))
        self.parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y:.1f}" class="label {style}">{text}</text>')


def main(target: Path) -> None:
    """Records, draws and writes."""
    promtool = find_promtool(Path.cwd())
    with (
        tempfile.TemporaryDirectory() as folder,
        record_lift_wing(promtool, promtool.with_name("prometheus"), Path(folder)) as recorded,
    ):
        slo = recorded.world.traffic[SLO].slo
        fast, slow = (recorded.values(names.error_ratio(Duration.parse(window)), SLO) for window in ("5m", "1h"))
        rolling = recorded.values(names.PERIOD_BUDGET_REMAINING, SLO)
        quarter = recorded.values(names.CALENDAR_BUDGET_REMAINING, SLO)
    tier = tiers(slo)[0]
    kept = tier.window.keep.whole_seconds // 60 if tier.window.keep is not None else 0
    night = _night(fast, slow, float(tier.threshold_ratio), kept)
    budget = _quarter(rolling, quarter)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_svg([night, budget]), "utf-8")


def _night(fast: Values, slow: Values, threshold: float, kept: int) -> Panel:
    """``kept``: minutes that the alert fires on after its condition ended."""
    first, last = OUTAGE_AT_NIGHT[0] - 70, OUTAGE_AT_NIGHT[1] + 150
    panel = Panel(TOP, "Errors during an outage at night, and the page of the 1h tier", first, last, 0, 1)
    hours = [minute for minute in range(first, last) if (SPAN.start // 60 + minute) % 60 == 0]
    panel.axes((0, 0.25, 0.5, 0.75, 1), [(minute, _moment(minute, "%H:%M")) for minute in hours])
    over = [m for m in range(first, last) if min(fast.get(m, 0), slow.get(m, 0)) > threshold]
    end = over[-1] + kept
    panel.shade(over[0], end, f"fires {_moment(over[0], '%H:%M')} to {_moment(end, '%H:%M')}")
    panel.line(fast, "errors over 5m", "thin")
    panel.line(slow, "errors over 1h", "bold")
    panel.threshold(threshold, f"threshold {threshold:.2%}")
    return panel


def _quarter(rolling: Values, quarter: Values) -> Panel:
    first, last = (SPAN.minute(moment) for moment in QUARTER_STARTS[1:3])
    panel = Panel(TOP + PANEL + GAP, "Error budget that is left (counting began on 28 November)", first, last - 1, 0, 1)
    days = [first + day * 1440 for day in range(0, 91, 15)]
    panel.axes((0, 0.25, 0.5, 0.75, 1), [(minute, _moment(minute, "%-d %b")) for minute in days])
    panel.line(rolling, "of any 28 days", "bold")
    panel.line(quarter, "of the quarter", "second")
    return panel


def _moment(minute: int, form: str) -> str:
    return datetime.fromtimestamp(SPAN.start + minute * 60, UTC).strftime(form)


def _svg(panels: Sequence[Panel]) -> str:
    height = TOP + len(panels) * PANEL + (len(panels) - 1) * GAP + 28
    style = (
        "text{font-family:sans-serif;font-size:12px;fill:#333}.title{font-size:14px;font-weight:bold}.tick{fill:#666}"
        ".grid{stroke:#ddd}.line{fill:none;stroke-width:1.8}.thin{stroke:#8ab4d8;fill:none}.bold{stroke:#1f60a8;fill:none}"
        ".second{stroke:#b8860b;fill:none}.threshold{stroke:#c0392b;stroke-dasharray:5 4;fill:none}.fires{fill:#c0392b;"
        "opacity:.12}.label{stroke:none!important}.label.over{fill:#c0392b}.label.bold{fill:#1f60a8}"
        ".label.thin{fill:#5b8fb9}.label.second{fill:#8a6508}"
    )
    body = "\n".join(part for panel in panels for part in panel.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">\n'
        f'<style>{style}</style>\n<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
