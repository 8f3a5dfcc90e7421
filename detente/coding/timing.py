"""When an act was done: the date that hangs nearest to it, or the one that still holds from before."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.coding.classifier import SPEECH, Act
from detente.coding.dates import first_day, last_day
from detente.coding.trees import Tree
from detente.records import DateMention, Status

__all__ = ["Timing", "When"]

_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")


@dataclass(frozen=True, slots=True)
class When:
    """ISO dates of an act, the words that gave them, why there are none, and in plain words how they came."""

    date: str | None = None
    date_end: str | None = None
    words: str | None = None
    reason: str | None = "the text gives no date for this act"
    how: str = "no words of this sentence date it"

    def days(self, published: datetime.date | None) -> tuple[datetime.date, datetime.date] | None:
        """First and last day, None without a date; a bare year before this one ends at its middle."""
        if self.date is None:
            return None
        first, last = first_day(self.date), last_day(self.date_end or self.date)
        if published is not None and len(self.date) == 4 and first.year < published.year:
            last = first + (last - first) / 2
        return first, last


class Timing:
    """Dates acts of one document.

    Args:
        dates: all date words of the document.
        published: its day, None where unknown.
        release: whether a government speaks in it itself.
    """

    def __init__(self, dates: Sequence[DateMention], published: datetime.date | None, release: bool) -> None:
        self._dates = dates
        self._published = published
        self._release = release
        self._memory = _Memory(release)

    def new_paragraph(self) -> None:
        """A date does not hold over paragraphs, but for what is pointed to."""
        self._memory.new_paragraph()

    def of(self, tree: Tree, i: int) -> When:
        """The date that the act's own sentence gives it."""
        mention = _date_of(tree, i, self._dates)
        if mention is None:
            return When()
        date, date_end = mention.date, mention.date_end
        if date is not None and self._published is not None:
            date, date_end = _tense(tree, i, date, date_end, mention.text, self._published)
        how = "the date words of the sentence that hang nearest to it"
        if date != mention.date:
            how += "; a verb in the past makes it the weekday before"
        return When(date, date_end, mention.text, mention.reason, how)

    def settle(self, tree: Tree, act: Act, when: When, status: Status) -> When:
        """The act's date once its status is known: its own, or the one that holds from before."""
        if status is not Status.ACTUAL:
            return when
        if when.date is not None:
            self._memory.remember(act, when.date, when.date_end)
            return when
        inherited = self._memory.date(act)
        how = (
            "the same act was dated before"
            if any(p.how == "event" for p in (*act.actor, *act.recipient))
            else "the date of what the same actor did before still holds"
        )
        if (
            inherited is None
            and self._release
            and self._published is not None
            and tree.tags[act.token] in ("VBP", "VBZ")
            and act.trigger.event in SPEECH
        ):
            inherited = (self._published.isoformat(), None)  # a release speaks as it appears
            how = "a government's own words are of the day they appear"
        return When(*inherited, None, None, how) if inherited is not None else when


class _Memory:
    """Dates told so far: "On Monday X met Y. He also promised …" puts the promise on Monday.

    Within a paragraph the last date of the same actor holds; in a government's own release, and for
    an actor who is only pointed to ("they"), it holds over paragraphs; an act told again keeps its date.
    """

    def __init__(self, release: bool) -> None:
        self._release = release
        self._actors: frozenset[str] = frozenset()
        self._when: tuple[str, str | None] | None = None
        self._fresh = True
        self._acts: dict[tuple[str, frozenset[str]], tuple[str, str | None]] = {}

    def remember(self, act: Act, date: str, date_end: str | None) -> None:
        self._actors = frozenset(p.code for p in act.actor)
        self._when = (date, date_end)
        self._fresh = True
        self._acts[act.trigger.event, self._actors] = self._when

    def date(self, act: Act) -> tuple[str, str | None] | None:
        actors = frozenset(p.code for p in act.actor)
        if any(p.how == "event" for p in (*act.actor, *act.recipient)):
            return self._acts.get((act.trigger.event, actors))
        if self._when is None or not actors & self._actors:
            return None
        pointed = all(p.how in ("pronoun", "group", "title") for p in act.actor)
        return self._when if self._fresh or self._release or pointed else None

    def new_paragraph(self) -> None:
        self._fresh = False


def _tense(
    tree: Tree, i: int, date: str, date_end: str | None, words: str, published: datetime.date
) -> tuple[str, str | None]:
    """A bare weekday beside a verb in the past is the one before, whatever follows in the sentence."""
    if date_end is not None or len(date) != 10 or not _WEEKDAY.search(words):
        return date, date_end
    day = datetime.date.fromisoformat(date)
    verb = i if tree.pos(i) == "verb" else tree.heads[i]
    past = tree.tags[verb] == "VBD" or (
        tree.tags[verb] == "VBN"
        and not any(tree.lemmas[k] in ("will", "would", "to", "may") for k in tree.with_dep(verb, "aux"))
    )
    if past and 0 < (day - published).days <= 7:
        return (day - datetime.timedelta(days=7)).isoformat(), None
    return date, date_end


def _date_of(tree: Tree, i: int, dates: Sequence[DateMention]) -> DateMention | None:
    """The date of the sentence that hangs nearest to a trigger in the tree."""
    inside = [d for d in dates if tree.start <= d.start < tree.end and not _epoch(d)]
    if not inside:
        return None
    inside = [d for d in inside if not _of_another_noun(tree, i, d)]
    if not inside:
        return None
    up = {i: 0}
    for n, k in enumerate(tree.ancestors(i), start=1):
        up[k] = n

    def distance(mention: DateMention) -> tuple[int, int]:
        tokens = [
            k for k in range(len(tree)) if tree.starts[k] < mention.end and tree.ends[k] > mention.start
        ]
        best = 99
        for k in tokens:
            steps = 0
            while k not in up and tree.heads[k] != k:
                steps += 2 if tree.deps[k] in ("relcl", "ccomp", "conj", "advcl", "acl") else 1
                k = tree.heads[k]
            if k in up:
                best = min(best, steps + up[k])
        return best, abs(mention.start - tree.starts[i])

    return min(inside, key=distance)


def _of_another_noun(tree: Tree, i: int, mention: DateMention) -> bool:
    """Whether a date only tells which thing is meant ("the 2022 election"), not when the act was."""
    path = {i, *tree.ancestors(i)}
    for k in range(len(tree)):
        if mention.start <= tree.starts[k] < mention.end and tree.deps[k] in (
            "nummod",
            "compound",
            "amod",
            "nmod",
        ):
            noun = tree.heads[k]
            if not mention.start <= tree.starts[noun] < mention.end and tree.pos(noun) == "noun":
                return noun not in path
    return False


def _epoch(mention: DateMention) -> bool:
    """Whether the words mean a decade or more ("the 21st century"): no date of an act."""
    if mention.date is None or mention.date_end is None:
        return False
    return (last_day(mention.date_end) - first_day(mention.date)).days > 3650
