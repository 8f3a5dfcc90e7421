"""Turns on history, on invented storylines and on the known ones:
`python -m benchmarks.turns [history|invented|gold] [COUNT|CODER]`.

history: the weekly sums of the 150 most active pairs of GDELT (by summed absolute score) go through
`change_points` as `turns` calls it. Printed: changes per pair in the real series, in COUNT AR(1)
surrogates (least-squares fit to the series on the robust scale, residuals drawn with replacement)
and in shuffled weeks; and the same with the swings that all pairs share taken out.

invented: COUNT storylines of 10 to 60 documents for each hostile share, without any turn (acts of a
day alike, or the share wandering as an AR(1)), and COUNT with planted turns; one act in ten is
coded as its opposite. Printed: false alarms and beginnings taken for escalations per storyline;
share of planted turns found within [-7, +21] days, and turns that are none of them.

gold: the storylines of `shared/gold/turns.json`, coded by the best coder that ships (`gold rules`: by
the rules alone) and read by `turns` as of their last document.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks.history import gdelt
from detente.relations.changes import change_points, robust_scale
from detente.relations.cuts import record_cuts
from detente.relations.null import ar1_surrogates
from detente.relations.series import Act
from detente.relations.turning import LARGEST_CHANCE, turns

PAIRS = 150
GOLD = Path("/work/shared/gold/turns.json")
CORPUS = Path("/work/shared/corpus")
# A turn counts within this many days of the planted one, or of the days that the gold gives.
EARLY, LATE = 7, 21
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
WRONG = 0.1
# The hostile shares between which the planted turns lie.
FRIENDLY, TENSE = 0.1, 0.75


def history(repeats: int) -> None:
    """Changes per pair on GDELT, on surrogates and on shuffled weeks."""
    known = gdelt()
    values = np.nan_to_num(known.values)
    size = np.abs(values).sum(axis=1)
    order = np.argsort(-size, kind="stable")[:PAIRS]
    shared = np.abs(values).sum(axis=0)
    shared = np.maximum(shared / shared.mean(), 0.1)
    rng = np.random.default_rng(11)
    for name, rows in (
        ("weekly sums", values[order]),
        ("weekly sums over the volume of all pairs", values[order] / shared),
    ):
        real = [len(change_points(row, largest_chance=LARGEST_CHANCE)) for row in rows]
        noise, shuffled = [], []
        for row in rows:
            x = robust_scale(row)
            for surrogate in ar1_surrogates(x, rng, repeats):
                noise.append(len(change_points(surrogate, largest_chance=LARGEST_CHANCE)))
            for _ in range(repeats):
                shuffled.append(len(change_points(rng.permutation(row), largest_chance=LARGEST_CHANCE)))
        with_any = np.mean(np.array(real) > 0)
        print(
            f"{name}: real {np.mean(real):.2f} per pair ({with_any:.0%} of pairs), "
            f"AR(1) {np.mean(noise):.3f}, shuffled weeks {np.mean(shuffled):.3f} "
            f"({PAIRS} pairs, {repeats} surrogates each)"
        )


def storyline(
    rng: np.random.Generator, phases: list[float], *, wandering: bool = False, calendar: bool = False
) -> tuple[list[Act], list[tuple[date, bool]]]:
    """Acts of an invented storyline, and its planted turns: first day of a phase, True for a thaw.

    The documents are shared out evenly among the phases, or (`calendar`) phases end on days drawn from
    all days, each with at least two documents. The hostile share of a document is drawn
    from a Beta around that of the phase (a + b = 3), or wanders as an AR(1) (.6 a document).
    """
    count = int(rng.integers(10, 61))
    if rng.random() < 0.5:
        span = int(rng.integers(max(count + 5, 90), 600))
        days = np.sort(rng.choice(span, count, replace=False))
    else:  # bursts
        days = np.cumsum(np.maximum(1, rng.geometric(0.08, count) * rng.choice([1, 4], count, p=[0.8, 0.2])))
    first = date(2024, 1, 1)
    out: list[Act] = []
    state = float(rng.standard_normal())
    place = [i * len(phases) // count for i in range(count)]
    while calendar and len(phases) > 1:
        ends = np.sort(rng.choice(int(days[-1]) + 1, len(phases) - 1, replace=False))
        place = np.searchsorted(ends, days, side="right").tolist()
        if all(place.count(j) >= 2 for j in range(len(phases))):
            break
    for i in range(count):
        share = phases[place[i]]
        if wandering:
            state = 0.6 * state + 0.8 * float(rng.standard_normal())
            share = 1 / (1 + np.exp(-np.log(share / (1 - share)) - 1.2 * state))
        else:
            share = float(rng.beta(3 * share, 3 * (1 - share)))
        day = first + timedelta(days=int(days[i]))
        for _ in range(1 + int(rng.poisson(2.5))):
            hostile = bool((rng.random() < share) != (rng.random() < WRONG))
            verbal = bool(rng.random() < 0.6)
            name = f"s{len(out):05}"
            kind = "ACCUSE" if hostile else "CONSULT"
            out.append(Act(day, hostile, verbal, "AAA", "BBB", kind, 1.0, name, day, (name,), day))
    starts = [place.index(j) for j in range(1, len(phases))]
    planted = [
        (first + timedelta(days=int(days[i])), phases[j + 1] < phases[j]) for j, i in enumerate(starts)
    ]
    return out, planted


def matched(found: list[tuple[date, bool]], known: list[tuple[date, date, bool]]) -> tuple[int, int]:
    """Known turns that were found, and found ones that are none of them."""
    left, hits = list(found), 0
    for low, high, rising in known:
        near = [
            f for f in left if low - timedelta(EARLY) <= f[0] <= high + timedelta(LATE) and f[1] == rising
        ]
        if near:
            hits += 1
            left.remove(near[0])
    return hits, len(left)


def invented(count: int) -> None:
    """Error rates of the rule for thin records."""
    for wandering in (False, True):
        rng = np.random.default_rng(5)
        alarms = []
        print(f"no turn, {'share wandering (AR(1))' if wandering else 'share constant'}, {count} each:")
        for share in SHARES:
            found = [
                cut
                for _ in range(count)
                for cut in record_cuts(storyline(rng, [share], wandering=wandering)[0])
            ]
            begun = sum(c.opening for c in found)
            alarms.append((len(found) - begun) / count)
            print(
                f"  hostile share {share:.2f}: {alarms[-1]:.2f} false alarms, "
                f"{begun / count:.2f} beginnings taken for an escalation"
            )
        print(f"  mean {np.mean(alarms):.3f} false alarms per storyline")
    for calendar in (False, True):
        rng = np.random.default_rng(6)
        hits = others = planted = 0
        for i in range(count * 2):
            pattern = ([FRIENDLY, TENSE] if i % 2 else [TENSE, FRIENDLY]) * 2
            acts, known = storyline(rng, pattern[: int(rng.integers(2, 5))], calendar=calendar)
            cuts = [(c.day, c.rising) for c in record_cuts(acts) if not c.opening]
            hit, other = matched(cuts, [(d, d, r) for d, r in known])
            hits, others, planted = hits + hit, others + other, planted + len(known)
        print(
            f"planted turns by {'calendar' if calendar else 'documents'} ({FRIENDLY} and {TENSE}, 1 to 3 a "
            f"storyline): {hits} of {planted} found ({hits / planted:.2f}), "
            f"{others / (2 * count):.2f} others per storyline"
        )


def gold(name: str) -> None:
    """Known turns of the storylines found from our own coding, by the coder of that name."""
    from detente.api import coder_of
    from detente.records import Document

    coder = coder_of(name)
    hits = others = total = 0
    for line in json.loads(GOLD.read_text(encoding="utf-8"))["storylines"]:
        events, published = [], {}
        for file in sorted((CORPUS / line["folder"]).glob("*.json")):
            raw = json.loads(file.read_text(encoding="utf-8"))
            day = date.fromisoformat(raw["published"][:10])
            document = Document(raw["id"], raw["text"], title=raw["title"], published=day)
            published[document.id] = day
            events += list(coder.code(document))
        found = turns(events, tuple(line["dyad"]), max(published.values()), published=published)
        known = [
            (date.fromisoformat(t["from"]), date.fromisoformat(t["to"]), t["direction"] == "thaw")
            for t in line["turns"]
        ]
        hit, other = matched([(t.day, t.direction == "thaw") for t in found], known)
        hits, others, total = hits + hit, others + other, total + len(known)
        print(f"{line['folder']}: {len(published)} documents, {len(events)} events; {hit} of {len(known)}")
        for t in found:
            odds = f"odds {t.odds:.0f}" if t.odds is not None else "no odds"
            print(f"  {t.day} {t.direction}, {odds}, firmness {t.firmness}, known on {t.known_on}")
    print(f"{coder.name}: {hits} of {total} known turns found, {others} others")


def main() -> None:
    which = sys.argv[1] if len(sys.argv) > 1 else "history"
    given = sys.argv[2] if len(sys.argv) > 2 else ""
    count = int(given) if given.isdigit() else 0
    if which in ("history", "all"):
        history(count or 10)
    if which in ("invented", "all"):
        invented(count or 100)
    if which in ("gold", "all"):
        gold("auto" if given.isdigit() else given or "auto")


if __name__ == "__main__":
    main()
