"""Importing a large file: `python -m benchmarks.importing [ROWS]`.

A GDELT 2.0 file is made by the generator below in a temporary folder (nothing of it is real), then
read with Polars, all columns into memory, and imported with `detente.formats.importing` into a new
store, in this one run. Printed: rows per second of both, their ratio, the peak memory of each (in
processes of their own, so that making the file does not count) and the size of the store. Aim: at
least 100,000 rows a second and less than 1 GB for 1,000,000 rows.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from detente.formats.gdelt import GDELT_2_EVENTS
from detente.tables import read_table

ROWS = 1_000_000
_KINDS = ("GOV", "MIL", "COP", "BUS", "MED", "JUD", "LEG", "OPP", "CVL", "EDU", "", "")
_NAMES = ("PRESIDENT", "POLICE", "COMPANY", "MINISTRY", "COURT", "PARLIAMENT", "STUDENTS", "THE ARMY")


def rows(many: int, seed: int = 7) -> Iterator[str]:
    """Lines of a GDELT 2.0 file with as many parties, places and addresses as a month of it."""
    chance = random.Random(seed)
    countries = [row["code"] for row in read_table("actors/countries.csv")]
    places = [row["fips"] for row in read_table("cameo/fips.csv")]
    codes = [row["code"] for row in read_table("cameo/events.csv") if len(row["code"]) > 2]
    parties = [
        {"Code": c + k, "Name": f"{c} {n}", "CountryCode": c, "Type1Code": k}
        for c in countries
        for k in _KINDS
        for n in _NAMES
    ]
    parties += [{}] * (len(parties) // 4)  # a fifth of the sides names nobody
    towns = [
        {
            "Type": "4",
            "FullName": f"Town {n}, Province {n % 97}, Country {place}",
            "CountryCode": place,
            "ADM1Code": f"{place}{n % 97:02}",
            "ADM2Code": str(n * 7),
            "Lat": f"{n % 180 - 90 + 0.125:.4f}",
            "Long": f"{n % 360 - 180 + 0.375:.4f}",
            "FeatureID": str(-n),
        }
        for n, place in enumerate(places * 80)
    ]
    chance.shuffle(parties)
    chance.shuffle(towns)

    def usual(items: list[dict[str, str]]) -> dict[str, str]:
        """A few parties and towns make most of the news, and thousands the rest."""
        return items[int(len(items) * chance.random() ** 6)]

    for number in range(many):
        code = chance.choice(codes)
        day = f"202601{chance.randrange(1, 29):02}"
        cells = {
            "GLOBALEVENTID": str(1_300_000_000 + number),
            "SQLDATE": day,
            "MonthYear": "202601",
            "Year": "2026",
            "FractionDate": "2026.0411",
            "IsRootEvent": str(chance.randrange(2)),
            "EventCode": code,
            "EventBaseCode": code[:3],
            "EventRootCode": code[:2],
            "QuadClass": str(chance.randrange(1, 5)),
            "GoldsteinScale": str(chance.randrange(-100, 100) / 10),
            "NumMentions": str(chance.randrange(1, 40)),
            "NumSources": str(chance.randrange(1, 5)),
            "NumArticles": str(chance.randrange(1, 40)),
            "AvgTone": str(chance.uniform(-10, 10)),
            "DATEADDED": f"{day}{chance.randrange(24):02}1500",
            "SOURCEURL": f"https://www.paper{chance.randrange(5000)}.example/{day}/story-{number // 3}.html",
        }
        for side in ("Actor1", "Actor2"):
            cells |= {f"{side}{name}": value for name, value in usual(parties).items()}
            cells |= {f"{side}Geo_{name}": value for name, value in usual(towns).items()}
        cells |= {f"ActionGeo_{name}": value for name, value in usual(towns).items()}
        yield "\t".join(cells.get(name, "") for name in GDELT_2_EVENTS) + "\n"


def polars_alone(path: Path) -> dict[str, float]:
    """What reading with Polars takes, in this process."""
    import polars as pl

    start = time.perf_counter()
    frame = pl.read_csv(
        path, separator="\t", quote_char=None, has_header=False, new_columns=list(GDELT_2_EVENTS),
        infer_schema=False,
    )  # fmt: skip
    took = time.perf_counter() - start
    return {"seconds": took, "rows": frame.height, "peak": _peak()}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def import_alone(path: Path, store: Path) -> dict[str, float]:
    """What importing takes, in this process: seconds of it, rows, and its peak memory in bytes."""
    from detente.formats.importing import import_file
    from detente.store import open_store

    with open_store(store) as opened:
        start = time.perf_counter()
        done = import_file(opened, str(path))
        took = time.perf_counter() - start
    return {
        "seconds": took,
        "rows": done.rows,
        "new": done.new,
        "wrong": done.wrong,
        "peak": _peak(),
    }


def _alone(*arguments: str) -> dict[str, float]:
    """What one of the two takes in a process of its own, so that their memory stays apart."""
    command = [sys.executable, "-m", "benchmarks.importing", "--alone", *arguments]
    made = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    found: dict[str, float] = json.loads(made.stdout)
    return found


def main() -> None:
    if sys.argv[1:2] == ["--alone"]:
        files = [Path(name) for name in sys.argv[2:]]
        print(json.dumps(polars_alone(*files) if len(files) == 1 else import_alone(*files)))
        return
    many = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with TemporaryDirectory(prefix="detente-import-") as folder:
        path, store = Path(folder) / "made.export.CSV", Path(folder) / "store.sqlite"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(rows(many))
        print(f"{many:,} rows, {path.stat().st_size / 1e6:,.0f} MB")
        polars, ours = _alone(str(path)), _alone(str(path), str(store))
        assert polars["rows"] == ours["rows"] == ours["new"] == many and not ours["wrong"]
        for name, found in (("polars reads it", polars), ("detente imports it", ours)):
            seconds, peak = found["seconds"], found["peak"] / 1e6
            print(f"{name:20}{many / seconds:12,.0f} rows/s {seconds:7.2f} s {peak:8,.0f} MB peak")
        print(f"{'ratio':20}{ours['seconds'] / polars['seconds']:12.1f} times as long as polars")
        print(f"{'store':20}{store.stat().st_size / 1e6:12,.0f} MB")


if __name__ == "__main__":
    main()
