"""A reliability plot as SVG: what was forecast against what came true."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["reliability_svg"]

_SIZE = 360
_LEFT, _TOP = 56, 48
_BLUE, _GREY, _INK = "#0072b2", "#8a8a8a", "#222222"


def reliability_svg(bins: Sequence[tuple[int, float, float]], title: str) -> str:
    """The plot of bins (count, mean forecast, share that came true) as one SVG document.

    Each bin is a point with its 95 % interval (Wilson) and its count in words for screen readers;
    the diagonal is a forecast that keeps its word.

    >>> reliability_svg([(40, 0.5, 0.6)], "thaws").count("<circle")
    1
    """
    width, height = _SIZE + _LEFT + 24, _SIZE + _TOP + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}" role="img" '
        f'aria-label="{escape(title, quote=True)}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24" font-size="14">{escape(title)}</text>',
    ]
    for i in range(0, 11, 2):
        x, y, label = _x(i / 10), _y(i / 10), f"{i * 10} %"
        parts.append(_line(x, _y(0), x, _y(1), "#e2e2e2"))
        parts.append(_line(_x(0), y, _x(1), y, "#e2e2e2"))
        parts.append(f'<text x="{x:.1f}" y="{_y(0) + 18:.1f}" text-anchor="middle">{label}</text>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    parts.append(_line(_x(0), _y(0), _x(1), _y(1), _GREY, dash="5 4"))
    most = max((count for count, _, _ in bins), default=1)
    for count, said, true in bins:
        low, high = _wilson(true, count)
        parts.append(_line(_x(said), _y(low), _x(said), _y(high), _BLUE))
        radius = 3 + 4 * (count / most) ** 0.5
        parts.append(
            f'<circle cx="{_x(said):.1f}" cy="{_y(true):.1f}" r="{radius:.1f}" fill="{_BLUE}">'
            f"<title>{count} forecasts of {said:.0%} on average: {true:.0%} came true</title></circle>"
        )
    parts.append(f'<text x="{_x(0.5):.1f}" y="{_y(0) + 40:.1f}" text-anchor="middle">forecast</text>')
    middle = _y(0.5)
    parts.append(
        f'<text x="14" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 14 {middle:.1f})">'
        "came true</text>"
    )
    return "\n".join([*parts, "</svg>", ""])


def _x(share: float) -> float:
    return _LEFT + share * _SIZE


def _y(share: float) -> float:
    return _TOP + (1 - share) * _SIZE


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dashed}/>'


def _wilson(share: float, count: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson, 1927)."""
    if count <= 0:
        return 0.0, 1.0
    z = 1.96
    base = 1 + z * z / count
    middle = (share + z * z / (2 * count)) / base
    reach = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5 / base
    return max(0.0, middle - reach), min(1.0, middle + reach)
