"""How well questions are answered: own questions on the storylines, with answers known from the documents.

    python -m quality.questions                    the rule coder, both halves
    python -m quality.questions --coder auto       the best coder that ships
    python -m quality.questions misses             also every question of the tuning half answered wrongly
    python -m quality.questions demo               the smaller set on the bundled storyline

`questions.jsonl` holds a question, the day it is asked, and what the documents say: the verdict, the type
of the act, the parties, the days and the status. The grammar of `detente.answers` may be looked at and
changed with the tuning half in hand, never the other; which half a question is in follows from the hash of
its id. An answer is right where the verdict, and the day or the number where one is asked for, are; its
evidence is right where the first act shown is of a type, between the parties and on a day that the
documents give; an act without a day is taken to lie in the three days before its report. A question
whose act is not among the coder's events is a miss of the coder.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from detente.answers import Answer, Conversation, Verdict
from detente.answers.question import Reader
from detente.api import coder_of, open_store
from detente.records import Event, Voice
from detente.relations.series import span_of
from detente.store import Store

__all__ = ["Figures", "Question", "Result", "ask_all", "build", "half", "measure", "read_questions"]

HERE = Path(__file__).parent
QUESTIONS = HERE / "questions.jsonl"
DEMO = HERE / "questions_demo.jsonl"
CORPUS = HERE.parent.parent / "shared" / "corpus"
REPORTED = 3
REFUSED = frozenset({Verdict.NOTHING, Verdict.UNCLEAR})


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its known answer; `dates` are days, months or years on which the act may lie."""

    id: str
    text: str
    today: date
    verdicts: frozenset[str]
    types: frozenset[str] = frozenset()
    pair: tuple[str, ...] = ()
    actor: str | None = None
    dates: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    count: tuple[int, int] | None = None
    status: str | None = None
    after: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return not self.verdicts & {"nothing", "unclear"}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question: "right", "wrong evidence", "wrong" or "refused"; `coded` says whether
    the act was among the coder's events at all.
    """

    question: Question
    answer: Answer
    outcome: str
    coded: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over the answerable and the unanswerable questions."""

    right: int = 0
    wrong_evidence: int = 0
    wrong: int = 0
    refused: int = 0
    not_coded: int = 0
    unanswerable: int = 0
    unanswerable_refused: int = 0
    without_evidence: int = 0
    lines: int = field(default=0)

    @property
    def asked(self) -> int:
        """How many answerable questions were asked."""
        return self.right + self.wrong_evidence + self.wrong + self.refused

    @property
    def share(self) -> float:
        """The share of answerable questions answered rightly on the right evidence."""
        return self.right / max(1, self.asked)

    def __str__(self) -> str:
        return (
            f"{self.asked} answerable: {self.right} right with right evidence ({self.share:.0%}),"
            f" {self.wrong_evidence} right on other evidence, {self.wrong} wrong, {self.refused} refused"
            f" ({self.not_coded} of those not right were never coded);"
            f" {self.unanswerable} unanswerable: {self.unanswerable_refused} refused;"
            f" {self.without_evidence} answers without evidence"
        )


def read_questions(path: Path = QUESTIONS) -> list[Question]:
    """The questions of a file, in its order."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        r = json.loads(line)
        found.append(
            Question(
                r["id"],
                r["question"],
                date.fromisoformat(r["today"]),
                frozenset(r["verdict"].split()),
                frozenset(r.get("types", ())),
                tuple(r.get("pair", ())),
                r.get("actor"),
                tuple(r.get("dates", ())),
                tuple(r.get("value", ())),
                (r["count"][0], r["count"][1]) if "count" in r else None,
                r.get("status"),
                r.get("after"),
            )
        )
    return found


def half(question: Question) -> str:
    """ "tune" or "test", by the hash of the question's id.

    >>> sorted({half(q) for q in read_questions()})
    ['test', 'tune']
    """
    return ("tune", "test")[hashlib.sha256(question.id.encode()).digest()[0] % 2]


def build(store: Store, folders: Iterable[Path], coder: str) -> None:
    """Read every document of some folders into a store."""
    from detente.keeping import keep
    from detente.sources.files import read_all

    for folder in folders:
        left: list[object] = []
        keep(
            store,
            read_all([str(p) for p in sorted(folder.glob("*.json"))], left.append),
            coder_of(coder),
            retrieved=None,
        )
        if left:
            sys.exit(f"{folder}: {left[0]}")


def storylines(corpus: Path = CORPUS) -> list[Path]:
    """The folders of the storylines beside this checkout; none where they are not there."""
    return sorted(corpus.glob("storyline_*"))


def ask_all(store: Store, questions: Sequence[Question]) -> list[Result]:
    """Ask every question of a store, follow-ups after the question they follow."""
    reader = Reader()
    queries: dict[str, Any] = {}
    results = []
    for question in questions:
        talk = Conversation(
            store, today=question.today, previous=queries.get(question.after or ""), reader=reader
        )
        answer = talk.ask(question.text)
        queries[question.id] = answer.query
        results.append(Result(question, answer, _outcome(store, question, answer), _coded(store, question)))
    return results


def _outcome(store: Store, question: Question, answer: Answer) -> str:
    if not question.answerable:
        return "right" if answer.verdict in REFUSED else "wrong"
    if "abstains" in question.verdicts:
        return "right" if answer.verdict in (Verdict.OUTLOOK, Verdict.NOTHING) else "wrong"
    verdict = "yes" if answer.verdict is Verdict.PLANNED and question.status == "future" else answer.verdict
    if answer.verdict in REFUSED or answer.verdict is Verdict.PASSAGES:
        return "refused"
    if str(verdict) not in question.verdicts:
        return "wrong"
    if question.value and not any(_overlap(answer.value[0], v) for v in question.value if answer.value):
        return "wrong"
    if question.count and not (
        answer.value and question.count[0] <= int(answer.value[0]) <= question.count[1]
    ):
        return "wrong"
    first = store.event(answer.lines[-1 if question.count else 0].events[0])
    return "right" if first is not None and _fits(store, question, first) else "wrong evidence"


def _overlap(one: str, other: str) -> bool:
    a, b = span_of(one), span_of(other)
    return a[0] <= b[1] and b[0] <= a[1]


def _fits(store: Store, question: Question, event: Event) -> bool:
    codes = set(event.actor_codes) | set(event.recipient_codes)
    if question.types and event.event not in question.types:
        return False
    if not set(question.pair) <= codes:
        return False
    if question.actor and not event.symmetric and question.actor not in event.actor_codes:
        return False
    if question.status and event.status.value != question.status:
        return False
    if not question.status and event.status.value not in ("actual", "historical"):
        return False
    day = store.published(event.document)
    first, last = span_of(event.date, event.date_end) if event.date else (day, day)
    if first is None or last is None:
        return False
    if event.date is None:  # an act without a day was done in the days before its report
        first -= timedelta(days=REPORTED)
    return not question.dates or any(span_of(d)[0] <= last and first <= span_of(d)[1] for d in question.dates)


def _coded(store: Store, question: Question) -> bool:
    """Whether the coder found an act that answers the question."""
    if not question.types:
        return True
    if len(question.pair) == 2 and question.pair[0] != question.pair[1]:
        one, other = question.pair
        events = store.events(pair=(one, other), as_of=question.today)
    else:
        events = store.events(actor=question.actor, as_of=question.today)
    fitting = [e for e in events if e.voice is not Voice.COMMENTARY and _fits(store, question, e)]
    if question.count:
        days = {e.date for e in fitting if e.date and len(e.date) == 10}
        return len(days) >= question.count[0]
    return bool(fitting)


def measure(results: Iterable[Result]) -> Figures:
    """The figures of some results."""
    counts: dict[str, int] = {}

    def add(name: str) -> None:
        counts[name] = counts.get(name, 0) + 1

    for result in results:
        answer = result.answer
        answered = answer.verdict not in REFUSED and answer.verdict is not Verdict.PASSAGES
        if answered and (not answer.lines or not answer.proofs or any(not x.events for x in answer.lines)):
            add("without_evidence")
        if not result.question.answerable:
            add("unanswerable")
            if result.outcome == "right":
                add("unanswerable_refused")
            continue
        add(result.outcome.replace(" ", "_"))
        if result.outcome != "right" and not result.coded:
            add("not_coded")
    return Figures(**counts)


def report(results: Sequence[Result], misses: bool) -> None:
    """Print the figures of both halves, and the misses of the tuning half."""
    for part in ("tune", "test"):
        chosen = [r for r in results if half(r.question) == part]
        print(f"{part} half: {measure(chosen)}")
    print(f"all: {measure(results)}")
    if not misses:
        return
    for result in results:
        if result.outcome == "right" or half(result.question) != "tune":
            continue
        answer = result.answer
        coded = "" if result.coded else " (never coded)"
        print(f"  {result.question.id} {result.outcome}{coded}: {result.question.text}")
        print(f"    {answer.verdict} {answer.value} {answer.headline}")
        for line in (*answer.lines[:2], *answer.dropped[:2]):
            print(f"    {line.text[:200]}{' DROPPED ' + line.reason if line.reason else ''}")


def main(arguments: Sequence[str]) -> int:
    """Build a temporary store, ask everything, print the figures; the tests hold the floors."""
    coder = arguments[arguments.index("--coder") + 1] if "--coder" in arguments else "rules"
    if "--store" in arguments:
        with open_store(Path(arguments[arguments.index("--store") + 1])) as store:
            report(ask_all(store, read_questions()), "misses" in arguments)
        return 0
    with TemporaryDirectory() as folder, open_store(Path(folder) / "questions.sqlite") as store:
        if "demo" in arguments:
            from detente.cli.demo import storyline

            store.add(storyline(), coder_of(coder))
            results = ask_all(store, read_questions(DEMO))
            print(f"demo: {measure(results)}")
            for result in results if "misses" in arguments else ():
                if result.outcome != "right":
                    print(f"  {result.question.id} {result.outcome}: {result.question.text}")
            return 0
        if not storylines():
            print("the storylines are not beside this checkout, nothing measured")
            return 0
        build(store, storylines(), coder)
        report(ask_all(store, read_questions()), "misses" in arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
