"""Made-up data for the notebooks, in the layouts of the real files; the same on every machine.

Nothing here happened. The names of countries are real, for a file without them could not be read.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from detente.formats.icews import ICEWS

__all__ = ["write_history", "write_icews"]

# CAMEO code, its words, and ICEWS's intensity.
_HOSTILE = (
    ("111", "Criticize or denounce", "-2.0"),
    ("138", "Threaten with military force", "-7.0"),
    ("163", "Impose embargo, boycott, or sanctions", "-8.0"),
    ("161", "Reduce or break diplomatic relations", "-4.0"),
)
_COOPERATIVE = (
    ("036", "Express intent to meet or negotiate", "4.0"),
    ("042", "Make a visit", "1.9"),
    ("046", "Engage in negotiation", "7.0"),
    ("057", "Sign formal agreement", "8.0"),
)


def write_icews(path: Path) -> Path:
    """A file in the 20 columns of ICEWS: Peru and Bolivia quarrel for two years, and make up in 2018."""
    draw = Random("icews sample")
    lines = ["\t".join(ICEWS)]
    day = date(2016, 1, 4)
    while day < date(2018, 12, 31):
        tense = day < date(2018, 3, 1)
        for _ in range(draw.choice((1, 1, 2, 3))):
            hostile = draw.random() < (0.8 if tense else 0.1)
            code, words, intensity = draw.choice(_HOSTILE if hostile else _COOPERATIVE)
            one, other = draw.sample(("Peru", "Bolivia"), 2)
            cells = {
                "Event ID": str(900_000 + len(lines)),
                "Event Date": (day + timedelta(days=draw.randrange(7))).isoformat(),
                "Source Name": f"Government ({one})",
                "Source Sectors": "Government",
                "Source Country": one,
                "Event Text": words,
                "CAMEO Code": code,
                "Intensity": intensity,
                "Target Name": f"Government ({other})",
                "Target Sectors": "Government",
                "Target Country": other,
                "Story ID": str(70_000 + len(lines)),
                "Sentence Number": "1",
                "Publisher": "Sample Wire",
            }
            lines.append("\t".join(cells.get(name, "") for name in ICEWS))
        day += timedelta(days=7)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_history(path: Path, pairs: int = 60, years: int = 8) -> Path:
    """A Parquet history of date, a, b and score: each pair goes back and forth between quarrel and peace.

    Some pairs are quarrelsome and some are not, which is what a forecast can learn.
    """
    import polars as pl

    draw = Random("history sample")
    rows: list[tuple[date, str, str, float]] = []
    for number in range(pairs):
        temper = draw.uniform(0.2, 0.8)
        quarrel = draw.random() < temper
        for week in range(years * 52):
            if draw.random() < 0.08:
                quarrel = draw.random() < temper
            if draw.random() < 0.9:
                sense = -1 if draw.random() < (0.9 if quarrel else 0.08) else 1
                day = date(2010, 1, 4) + timedelta(days=7 * week + draw.randrange(7))
                rows.append((day, f"A{number:02}", f"B{number:02}", sense * draw.uniform(1, 8)))
    pl.DataFrame(rows, schema=["date", "a", "b", "score"], orient="row").write_parquet(path)
    return path
