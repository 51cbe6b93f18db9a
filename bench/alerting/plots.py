"""The results by traffic as an SVG: one panel a measure, one line a contestant."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bench.alerting.summary import Summary

_COLOURS = ("#0072b2", "#56b4e9", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#777777")
_PANELS = (
    ("page_recall", "incidents paged (of those that need a page)", False),
    ("page_precision", "pages that are right", False),
    ("false_pages", "false pages a month", True),
    ("false_tickets", "false tickets a month", True),
    ("detect_median", "minutes to page, median", True),
    ("clear_median", "minutes until pages clear, median", True),
)
_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP_X, _GAP_Y = 330, 170, 60, 70, 90, 75
_FLOOR = 0.01
"""What is less is drawn here on logarithmic axes."""


def draw(bands: Mapping[str, Mapping[str, Summary]]) -> str:
    """The picture."""
    names = list(next(iter(bands.values())))
    width = 2 * _WIDTH + _GAP_X + _LEFT + 30
    height = _TOP + 3 * (_HEIGHT + _GAP_Y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, name in enumerate(names):
        x, y = _LEFT + (number % 4) * 180, 20 + (number // 4) * 18
        parts.append(
            f'<line x1="{x}" y1="{y - 4}" x2="{x + 22}" y2="{y - 4}" stroke="{_COLOURS[number]}" stroke-width="2.5"/>'
        )
        parts.append(f'<text x="{x + 28}" y="{y}">{name}</text>')
    for number, (key, title, logarithmic) in enumerate(_PANELS):
        x = _LEFT + (number % 2) * (_WIDTH + _GAP_X)
        y = _TOP + (number // 2) * (_HEIGHT + _GAP_Y)
        parts += _panel(
            x, y, title, logarithmic, {n: [getattr(b[n], key) for b in bands.values()] for n in names}, list(bands)
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(
    x: int, y: int, title: str, logarithmic: bool, lines: dict[str, list[float | None]], bands: list[str]
) -> list[str]:
    known = [value for values in lines.values() for value in values if value is not None]
    top = max([1.0, *known])
    bottom = _FLOOR if logarithmic and min([1.0, *known]) < 1 else 1.0 if logarithmic else 0.0

    def height(value: float) -> float:
        if not logarithmic:
            return y + _HEIGHT - _HEIGHT * value / top
        share = math.log(max(value, bottom) / bottom) / math.log(max(top / bottom, 1.01))
        return y + _HEIGHT - _HEIGHT * share

    def place(index: int) -> float:
        return x + 15 + (_WIDTH - 30) * index / (len(bands) - 1)

    parts = [f'<text x="{x}" y="{y - 10}" font-weight="bold">{title}</text>',
             f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" fill="none" stroke="#999"/>']  # fmt: skip
    for tick in _ticks(bottom, top, logarithmic):
        at = height(tick)
        text = f"{100 * tick:.0f} %" if not logarithmic else f"{tick:g}"
        parts.append(f'<line x1="{x}" y1="{at:.1f}" x2="{x + _WIDTH}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 6}" y="{at + 4:.1f}" text-anchor="end">{text}</text>')
    for index, band in enumerate(bands):
        parts.append(f'<text x="{place(index):.1f}" y="{y + _HEIGHT + 16}" text-anchor="middle">{band}</text>')
    # the first contestant comes last, on top of those that it equals
    for number, values in reversed(list(enumerate(lines.values()))):
        points = [(place(index), height(value)) for index, value in enumerate(values) if value is not None]
        line = " ".join(f"{left:.1f},{at:.1f}" for left, at in points)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{_COLOURS[number]}" stroke-width="{2 if number else 3}"/>'
        )
        parts += [f'<circle cx="{left:.1f}" cy="{at:.1f}" r="2.5" fill="{_COLOURS[number]}"/>' for left, at in points]
    return parts


def _ticks(bottom: float, top: float, logarithmic: bool) -> list[float]:
    if not logarithmic:
        return [0, 0.25 * top, 0.5 * top, 0.75 * top, top]
    first, last = math.ceil(math.log10(bottom)), math.floor(math.log10(top))
    return [10.0**power for power in range(first, last + 1)]
