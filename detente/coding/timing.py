"""When an act was done: the date that hangs nearest to it, or the one that still holds from before."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.coding.acts import SPEECH, Act
from detente.coding.date_ties import counted, tied
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

    def told(self, tree: Tree, act: Act) -> When:
        """The date that the act's own sentence gives it, or that of the same act told before."""
        when = self.of(tree, act.token)
        if when.words is None:
            again = self._memory.again(tree, act)
            if again is not None:
                return When(*again, None, None, _AGAIN)
        return when

    def of(self, tree: Tree, i: int) -> When:
        """The date that the act's own sentence gives it."""
        reckoned = counted(tree, i, self._dates, self._published, inside=True)
        mention = tied(tree, i, self._dates, self._published) if reckoned is None else None
        if reckoned is None and (mention is None or mention.date is None):
            reckoned = counted(tree, i, self._dates, self._published, inside=False)
        if reckoned is not None:
            day, words = reckoned
            return When(day.isoformat(), None, words.text, None, "counted from another act of the sentence")
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
        if when.how == _AGAIN and status not in (Status.ACTUAL, Status.HISTORICAL):
            return When()  # what may come is not what was told before
        if when.date is not None and status in (Status.ACTUAL, Status.HISTORICAL):
            self._memory.remember(act, tree.number, when.date, when.date_end, status)
        if when.date is not None or status is not Status.ACTUAL:
            return when
        inherited = self._memory.date(tree, act)
        how = "the date of what the same actor did before still holds"
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


_AGAIN = "the same act was dated before"


@dataclass(frozen=True, slots=True)
class _Dated:
    """The sides and the date of an act, and the number of its sentence."""

    actors: frozenset[str]
    parties: frozenset[str]
    sentence: int
    paragraph: int
    when: tuple[str, str | None]


class _Memory:
    """Dates told so far: "On Monday X met Y. He also promised …" puts the promise on Monday.

    Within a paragraph the last date of the same actor holds; over paragraphs only into the next sentence,
    for an actor who is only pointed to ("they"), and in a government's own release for both sides. An act
    told again keeps its date.
    """

    def __init__(self, release: bool) -> None:
        self._release = release
        self._paragraph = 0
        self._done: list[_Dated] = []
        self._acts: dict[str, list[_Dated]] = {}

    def remember(self, act: Act, sentence: int, date: str, date_end: str | None, status: Status) -> None:
        actors = frozenset(p.code for p in act.actor)
        parties = actors | {p.code for p in act.recipient}
        dated = _Dated(actors, parties, sentence, self._paragraph, (date, date_end))
        self._acts.setdefault(act.trigger.event, []).append(dated)
        if status is Status.ACTUAL:
            self._done.append(dated)

    def again(self, tree: Tree, act: Act) -> tuple[str, str | None] | None:
        """The date of the last act of the same type and parties; "the strike" may name one side."""
        actors = frozenset(p.code for p in act.actor)
        parties = actors | {p.code for p in act.recipient}
        i = act.token
        pointing = tree.pos(i) == "noun" and any(
            tree.lemmas[c] in ("the", "this", "that", "these") for c in tree.with_dep(i, "det")
        )
        for dated in reversed(self._acts.get(act.trigger.event, ())):
            if dated.actors == actors and dated.parties == parties and len(parties) > 1:
                return dated.when
            if pointing and parties and parties <= dated.parties and actors <= dated.actors:
                return dated.when
        return None

    def date(self, tree: Tree, act: Act) -> tuple[str, str | None] | None:
        """The date that still holds for the actor; "has warned" may be of any day."""
        if not self._release and any(
            tree.words[c].lower() in _PERFECT for c in tree.with_dep(act.token, "aux")
        ):
            return None  # but a release tells what its own occasion brought
        actors = frozenset(p.code for p in act.actor)
        pointed = all(p.how in ("pronoun", "group", "title") for p in act.actor)
        for dated in reversed(self._done):
            if actors & (dated.parties if self._release else dated.actors):
                near = dated.paragraph == self._paragraph or tree.number <= dated.sentence + 1
                return dated.when if near or self._release or pointed else None
        return None

    def new_paragraph(self) -> None:
        self._paragraph += 1


_PERFECT = frozenset({"has", "have", "'ve", "’ve"})


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
