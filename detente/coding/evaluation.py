"""Measures a coder against hand-coded articles: `detente eval` and the quality floors stand on it.

A gold article is one JSON object: `id`, `text`, `published` and `events`, each with `evidence` (words of
the text), `event` (acceptable types, best first), `source`, `target` (codes), `symmetric`, `status`,
`date` and `speaker`; `must_not` lists spans in which nothing is actual.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from detente.coding.sentences import split
from detente.errors import FileError
from detente.records import Event

__all__ = ["GoldAct", "GoldArticle", "Scores", "read_gold", "right_ones", "score"]


@dataclass(frozen=True, slots=True)
class GoldAct:
    """One act as a person coded it."""

    start: int
    end: int
    events: tuple[str, ...]
    actor: frozenset[str]
    recipient: frozenset[str]
    symmetric: bool
    status: str
    date: str | None
    speaker: str | None


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """One hand-coded article."""

    id: str
    text: str
    published: str | None
    acts: tuple[GoldAct, ...]
    must_not: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares between 0 and 1, micro-averaged over all articles; `gold` and `coded` are counts.

    `detect` asks only that the sentence holds an act; `parties` that both sides are right (at least
    half of the named codes, and no more wrong than right); `typed` also the type; `full` also the
    status. `status`, `date`, `speaker` are accuracies on typed pairs.
    """

    gold: int
    coded: int
    detect: float
    parties: float
    typed: float
    full: float
    status: float
    date: float
    speaker: float
    false_actual: int
    must_not: int

    def as_dict(self) -> dict[str, float | int]:
        """The scores by name, shares rounded to four places."""
        return {
            f.name: round(v, 4) if isinstance(v := getattr(self, f.name), float) else v for f in fields(self)
        }


def read_gold(paths: Iterable[Path]) -> list[GoldArticle]:
    """Read gold articles from JSON files (one article each) or JSONL files (one a line).

    Raises FileError where a file is no gold article or its evidence is not in its text.
    """
    articles = []
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        blocks = lines if path.suffix == ".jsonl" else ["\n".join(lines)]
        for number, block in enumerate(filter(str.strip, blocks), start=1):
            where = f"{path.name} line {number}" if path.suffix == ".jsonl" else path.name
            try:
                articles.append(_article(json.loads(block), where))
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise FileError(
                    f"no gold article ({error})",
                    where=where,
                    todo="see docs/reference/gold.md for the layout",
                ) from error
    return articles


def _article(record: Mapping[str, Any], where: str) -> GoldArticle:
    text = record["text"]

    def span(words: str) -> tuple[int, int]:
        at = text.find(words)
        if at < 0:
            raise FileError(
                f"the evidence {words!r} is not in the text",
                where=where,
                todo="copy it from the text, letter by letter",
            )
        return at, at + len(words)

    acts = tuple(
        GoldAct(
            *span(e["evidence"]),
            tuple(e["event"]),
            frozenset(e["source"]),
            frozenset(e["target"]),
            bool(e.get("symmetric")),
            e["status"],
            e.get("date"),
            e.get("speaker"),
        )
        for e in record["events"]
    )
    return GoldArticle(
        record["id"],
        text,
        record.get("published"),
        acts,
        tuple(span(m["evidence"]) for m in record.get("must_not", [])),
    )


def _covers(gold: frozenset[str], coded: set[str]) -> bool:
    if not gold:
        return True
    right = len(gold & coded)
    return 2 * right >= len(gold) and len(coded - gold) <= right


def _parties_agree(act: GoldAct, event: Event) -> bool:
    actor, recipient = set(event.actor_codes), set(event.recipient_codes)
    if _covers(act.actor, actor) and _covers(act.recipient, recipient):
        return True
    everybody = act.actor | act.recipient
    return bool(everybody) and (act.symmetric or event.symmetric) and _covers(everybody, actor | recipient)


def _dates_agree(gold: str, event: Event) -> bool:
    if event.date is None:
        return False
    first, _, last = gold.partition("/")
    begin, finish = event.date, event.date_end or event.date
    n = min(len(first), len(begin))
    return begin[:n] <= (last or first)[:n] and finish[:n] >= first[:n]


_PLAIN = frozenset({"the", "of", "a", "s", "minister", "president", "officials"})


def _speakers_agree(gold: str | None, coded: str | None) -> bool:
    if not gold or not coded:
        return not gold and not coded
    one, two = set(gold.lower().split()), set(coded.lower().split())
    return bool((one & two) - _PLAIN) or one == two


def _ratio(hit: float, of: float) -> float:
    return hit / of if of else 0.0


def _f1(hit_gold: int, gold: int, hit_coded: int, coded: int) -> float:
    recall, precision = _ratio(hit_gold, gold), _ratio(hit_coded, coded)
    return _ratio(2 * precision * recall, precision + recall)


def _places(
    article: GoldArticle, events: Sequence[Event]
) -> tuple[list[frozenset[int]], list[frozenset[int]]]:
    """The sentences that each act and each coded event touches."""
    spans = split(article.text)

    def places(start: int, end: int) -> frozenset[int]:
        return frozenset(k for k, s in enumerate(spans) if start < s.end and end > s.start)

    return [places(a.start, a.end) for a in article.acts], [places(e.start, e.end) for e in events]


def _matched(
    article: GoldArticle,
    events: Sequence[Event],
    gold_at: Sequence[frozenset[int]],
    coded_at: Sequence[frozenset[int]],
) -> Iterator[tuple[int, int]]:
    """Acts with the events that tell them, by number, each once: the best agreement first."""
    ranked = []
    for a, act in enumerate(article.acts):
        for b, event in enumerate(events):
            if gold_at[a] & coded_at[b] and _parties_agree(act, event):
                typed = event.event in act.events
                ranked.append(
                    (typed and event.status == act.status, typed, event.event == act.events[0], -a, -b)
                )
    left, right = set(range(len(article.acts))), set(range(len(events)))
    for *_, a, b in sorted(ranked, reverse=True):
        if -a in left and -b in right:
            left.discard(-a)
            right.discard(-b)
            yield -a, -b


def right_ones(article: GoldArticle, events: Sequence[Event]) -> list[bool]:
    """Whether each coded event is right in parties and type, as `score` counts it."""
    found = [False] * len(events)
    for a, b in _matched(article, events, *_places(article, events)):
        found[b] = events[b].event in article.acts[a].events
    return found


def score(articles: Sequence[GoldArticle], coded: Mapping[str, Sequence[Event]]) -> Scores:
    """Compare coded events, by article id, with gold articles."""
    n: dict[str, int] = dict.fromkeys(
        (
            "gold",
            "coded",
            "gold_hit",
            "coded_hit",
            "parties",
            "typed",
            "status",
            "date",
            "dated",
            "speaker",
            "false",
            "must_not",
        ),
        0,
    )
    for article in articles:
        events = list(coded.get(article.id, ()))
        gold_at, coded_at = _places(article, events)
        n["gold"] += len(article.acts)
        n["coded"] += len(events)
        n["gold_hit"] += sum(bool(p & frozenset().union(*coded_at)) for p in gold_at)
        n["coded_hit"] += sum(bool(p & frozenset().union(*gold_at)) for p in coded_at)
        for a, b in _matched(article, events, gold_at, coded_at):
            act, event = article.acts[a], events[b]
            n["parties"] += 1
            if event.event in act.events:
                n["typed"] += 1
                n["status"] += event.status == act.status
                n["speaker"] += _speakers_agree(act.speaker, event.speaker)
                if act.date:
                    n["dated"] += 1
                    n["date"] += _dates_agree(act.date, event)
        for start, end in article.must_not:
            n["must_not"] += 1
            n["false"] += any(e.status == "actual" and e.start < end and e.end > start for e in events)
    gold, total = n["gold"], n["coded"]
    return Scores(
        gold=gold,
        coded=total,
        detect=_f1(n["gold_hit"], gold, n["coded_hit"], total),
        parties=_f1(n["parties"], gold, n["parties"], total),
        typed=_f1(n["typed"], gold, n["typed"], total),
        full=_f1(n["status"], gold, n["status"], total),
        status=_ratio(n["status"], n["typed"]),
        date=_ratio(n["date"], n["dated"]),
        speaker=_ratio(n["speaker"], n["typed"]),
        false_actual=n["false"],
        must_not=n["must_not"],
    )
