"""Draws `detente/data/world/countries.json`, the map of the desk, from Natural Earth.

    python -m benchmarks.draw_world countries-50m.json detente/data/world/countries.json

The first file is that of the npm package world-atlas 2.0.2 (Natural Earth 4.1, public domain, as
TopoJSON). Borders are shared lines there, so each line is thinned once and neighbours still meet.
The projection is Equal Earth (Šavrič, Patterson and Jenny, 2018), whose polynomial is written out below.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from importlib import resources
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

Point = tuple[float, float]

WIDTH = 2000
# Latitudes of the upper and lower edge.
TOP, BOTTOM = 83.7, -56
# Lines are thinned to this many units of the drawing; a ring smaller than the area is left out.
THIN = 1.1
SMALLEST = 5.0
# A country drawn smaller than this also gets a dot, so that it can be seen and pointed at.
DOT = 60.0
POLYNOMIAL = (1.340264, -0.081106, 0.000893, 0.003796)
# Names of the map that the table of actors writes otherwise, and places without a code of their own
# that are drawn as part of another or not at all (None).
NAMES: dict[str, str | None] = {
    "Antarctica": None,
    "Bosnia and Herz.": "BIH",
    "Cabo Verde": "CPV",
    "Central African Rep.": "CAF",
    "Congo": "COG",
    "Czechia": "CZE",
    "Côte d'Ivoire": "CIV",
    "Dem. Rep. Congo": "COD",
    "Dominican Rep.": "DOM",
    "Eq. Guinea": "GNQ",
    "Kosovo": "XKX",
    "Macedonia": "MKD",
    "Marshall Is.": "MHL",
    "Micronesia": "FSM",
    "Myanmar": "MMR",
    "N. Cyprus": "CYP",
    "Palestine": "PSE",
    "S. Sudan": "SSD",
    "Solomon Is.": "SLB",
    "Somaliland": "SOM",
    "St. Kitts and Nevis": "KNA",
    "St. Vin. and Gren.": "VCT",
    "Antigua and Barb.": "ATG",
    "São Tomé and Principe": "STP",
    "Timor-Leste": "TLS",
    "United States of America": "USA",
    "Vatican": "VAT",
    "W. Sahara": "ESH",
    "eSwatini": "SWZ",
}


def project(point: Sequence[float]) -> Point:
    """Longitude and latitude in degrees as Equal Earth coordinates, y upwards."""
    a1, a2, a3, a4 = POLYNOMIAL
    t = asin(sqrt(3) / 2 * sin(radians(point[1])))
    t2 = t * t
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t2 + a1
    x = 2 * sqrt(3) * radians(point[0]) * cos(t) / (3 * slope)
    return x, t * (a4 * t**8 + a3 * t**6 + a2 * t2 + a1)


def thin(line: list[Point], least: float) -> list[Point]:
    """Douglas and Peucker's thinning: no point lies further than `least` from the line kept."""
    if len(line) < 3:
        return line
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)

    def far(point: Point) -> float:
        if length == 0:
            return sqrt((point[0] - x1) ** 2 + (point[1] - y1) ** 2)
        return abs((x2 - x1) * (y1 - point[1]) - (x1 - point[0]) * (y2 - y1)) / length

    at = max(range(1, len(line) - 1), key=lambda i: far(line[i]))
    if far(line[at]) <= least:
        return [line[0], line[-1]]
    return thin(line[: at + 1], least)[:-1] + thin(line[at:], least)


def area(ring: list[Point]) -> float:
    """Area of a ring in square units."""
    around = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in around)) / 2


def arcs_of(topology: Any) -> list[list[Point]]:
    """The shared lines as longitudes and latitudes, thinned as far as the drawing allows.

    A line that crosses the 180th meridian goes on beyond it.
    """
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    out = []
    for arc in topology["arcs"]:
        x = y = 0
        line: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((near(x * sx + tx, line[-1][0] if line else None), y * sy + ty))
        drawn = {place(point): point for point in line}
        out.append([drawn[point] for point in thin([place(point) for point in line], THIN)])
    return out


def near(longitude: float, other: float | None) -> float:
    """The same longitude, whole turns away, that lies nearest to another."""
    return longitude if other is None else longitude + 360 * round((other - longitude) / 360)


def place(point: Point) -> Point:
    """Longitude and latitude in units of the drawing, y downwards."""
    half, top = project((180, 0))[0], project((0, TOP))[1]
    x, y = project(point)
    return (x + half) * WIDTH / (2 * half), (top - y) * WIDTH / (2 * half)


def ring_of(indices: Sequence[int], arcs: list[list[Point]]) -> list[Point]:
    """One closed ring from its lines, drawn; a line counted from -1 runs backwards."""
    ring: list[Point] = []
    for i in indices:
        line = arcs[i] if i >= 0 else arcs[~i][::-1]
        turn = near(line[0][0], ring[-1][0]) - line[0][0] if ring else 0
        ring.extend((x + turn, y) for x, y in (line[1:] if ring else line))
    middle = (min(p[0] for p in ring) + max(p[0] for p in ring)) / 2
    # Russia goes on to the right beyond the 180th meridian, so that it stays in one piece.
    turn = 360 if middle < -180 else 0
    return [place((x + turn, y)) for x, y in ring]


def path_of(ring: list[Point]) -> str:
    """A ring as an SVG path of whole units, each step relative to the last."""
    points = [(round(x), round(y)) for x, y in ring]
    (x, y), rest = points[0], points[1:-1] if points[0] == points[-1] else points[1:]
    out = [f"M{x} {y}l"]
    steps = []
    for px, py in rest:
        if (px, py) != (x, y):
            steps.append(f"{px - x} {py - y}")
            x, y = px, py
    return out[0] + " ".join(steps).replace(" -", "-") + "z"


def main(source: str, target: str) -> None:
    """Read the one file, write the other."""
    table = resources.files("detente") / "data" / "actors" / "countries.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    codes = {row["name"]: row["code"] for row in rows}
    known = set(codes.values())
    topology = json.loads(Path(source).read_text(encoding="utf-8"))
    arcs = arcs_of(topology)
    shapes: dict[str, list[list[Point]]] = {}
    left = []
    for item in topology["objects"]["countries"]["geometries"]:
        name = item["properties"]["name"]
        code = NAMES.get(name, codes.get(name))
        if code is None or code not in known:
            left.append(name)
        key = code if code is not None and code in known else f"-{name}"
        if name == "Antarctica":
            continue
        parts = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
        shapes.setdefault(key, []).extend(ring_of(ring, arcs) for part in parts for ring in part)
    drawn: dict[str, str] = {}
    dots: dict[str, list[int]] = {}
    others = []
    for key, rings in sorted(shapes.items()):
        largest = max(rings, key=area)
        kept = [r for r in rings if area(r) >= SMALLEST]
        path = "".join(path_of(r) for r in kept)
        if key.startswith("-"):
            others.append(path)
            continue
        if path:
            drawn[key] = path
        if area(largest) < DOT:
            dots[key] = [
                round(sum(p[0] for p in largest) / len(largest)),
                round(sum(p[1] for p in largest) / len(largest)),
            ]
    sys.stderr.write(f"without a code of their own: {', '.join(sorted(left))}\n")
    sys.stderr.write(
        f"not on the map: {', '.join(sorted(c for c in known if c not in drawn and c not in dots))}\n"
    )
    record = {
        "width": WIDTH,
        "height": round(place((0, BOTTOM))[1]),
        "shapes": drawn,
        "dots": dots,
        "others": "".join(others),
    }
    Path(target).write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
