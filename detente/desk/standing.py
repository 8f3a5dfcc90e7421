"""How every pair of a store stands: its acts of the last years, read from the stories in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.desk.room import Desk
    from detente.records import Level
    from detente.relations.series import Act
    from detente.store import Store

__all__ = ["Change", "Standing", "Standings", "newest_day", "standings", "standings_of", "temper"]

SINCE = timedelta(days=2 * 365)
"""How far back the acts of all pairs are read; the page of a pair reads its whole record."""
RECENT = timedelta(days=28)
WEEK = timedelta(days=7)

_STORIES = """
SELECT s.id, s.event, s.symmetric, s.status, s.day_first, s.day_last, s.first_published,
       p.code AS one, q.code AS other, p.side AS side,
       (SELECT event FROM story_events AS f WHERE f.story = s.id ORDER BY f.position LIMIT 1) AS report
FROM stories AS s
JOIN story_parties AS p ON p.story = s.id
JOIN story_parties AS q ON q.story = s.id AND p.code < q.code
WHERE (s.symmetric OR p.side <> q.side)
  AND s.event <> 'REQUEST'
  AND s.status IN ('actual', 'historical', 'future')
  AND s.first_published <= :as_of
  AND coalesce(s.day_last, s.first_published) >= :since
  AND EXISTS (SELECT 1 FROM story_events AS se JOIN events AS e ON e.id = se.event
              WHERE se.story = s.id AND e.voice <> 'commentary')
"""


@dataclass(frozen=True, slots=True)
class Change:
    """Acts of the last 28 days and of the 28 before, hostile and cooperative."""

    hostile: int
    cooperative: int
    hostile_before: int
    cooperative_before: int

    @property
    def size(self) -> int:
        """How many acts more or fewer, of both sides."""
        return abs(self.hostile - self.hostile_before) + abs(self.cooperative - self.cooperative_before)


@dataclass(frozen=True, slots=True)
class Standing:
    """One pair: its codes in the order of the alphabet, the number of its stories of any status, and
    its counted acts of the last two years, oldest first."""

    pair: tuple[str, str]
    stories: int
    acts: tuple[Act, ...]

    def change(self, as_of: date) -> Change:
        """What changed in the 28 days up to a day."""
        counts = [0, 0, 0, 0]
        for act in self.acts:
            age = (as_of - act.day).days
            if 0 <= age < 2 * RECENT.days and not act.announced:
                counts[(0 if act.hostile else 1) + (2 if age >= RECENT.days else 0)] += 1
        return Change(*counts)

    @property
    def latest(self) -> date | None:
        """Day of the latest act; None where there is none."""
        return self.acts[-1].day if self.acts else None


def temper(hostile: float, cooperative: float) -> str:
    """A word for two rates: which side outweighs the other, and how far.

    The steps are shares of hostile acts: 80, 60, 40 and 20 per cent. "silent" where both are nought.

    >>> temper(4, 1), temper(1, 1), temper(0, 2), temper(0, 0)
    ('hostile', 'mixed', 'cooperative', 'silent')
    """
    total = hostile + cooperative
    if total <= 0:
        return "silent"
    share = hostile / total
    if share >= 0.8:
        return "hostile"
    if share >= 0.6:
        return "more hostile"
    if share > 0.4:
        return "mixed"
    return "more cooperative" if share > 0.2 else "cooperative"


@dataclass(slots=True)
class Standings:
    """Every pair of the store as known on a day, most stories first; levels are made when asked for."""

    as_of: date
    pairs: Mapping[tuple[str, str], Standing]
    _levels: dict[tuple[str, str], tuple[Level | None, str | None]] = field(default_factory=dict)

    def level(self, pair: tuple[str, str]) -> tuple[Level | None, str | None]:
        """The latest level of a pair, or None and why too little is known."""
        from detente.relations.series import enough, levels

        if pair not in self._levels:
            acts = self.pairs[pair].acts if pair in self.pairs else ()
            reason = enough(acts)
            found = [] if reason else levels(acts, start=self.as_of, end=self.as_of, as_of=self.as_of)
            self._levels[pair] = (found[-1] if found else None, reason)
        return self._levels[pair]

    def of(self, code: str) -> list[Standing]:
        """The pairs of one country, most stories first."""
        return [s for s in self.pairs.values() if code in s.pair]

    def countries(self) -> dict[str, list[Standing]]:
        """The pairs of each country, the country with most stories first."""
        found: dict[str, list[Standing]] = defaultdict(list)
        for standing in self.pairs.values():
            for code in standing.pair:
                found[code].append(standing)
        return dict(sorted(found.items(), key=lambda i: (-sum(s.stories for s in i[1]), i[0])))


def newest_day(store: Store, today: date) -> date:
    """The day up to which the store tells: that of its newest article, today where there is none."""
    found = store.documents(order="newest", until=today, limit=1)
    return found[0].published if found and found[0].published else today


def standings(store: Store, as_of: date) -> Standings:
    """Every pair of the store with its acts as the stories tell them.

    An act is counted as in `relations.series`: done or planned cooperation, asserted by more than
    commentary; requests, denials and what may be stand on neither side. What a pair's own page
    counts event by event is counted story by story here, which may differ by an act.
    """
    from sqlalchemy import text

    since = as_of - SINCE
    with store.looking() as connection:
        rows = connection.execute(
            text(_STORIES), {"as_of": as_of.isoformat(), "since": since.isoformat()}
        ).all()
    counts = {(one, other): n for one, other, n in store.pairs() if one != other}
    found: dict[tuple[str, str], dict[str, Act]] = defaultdict(dict)
    for row in rows:
        act = _act(row, as_of)
        if act is not None:
            found[row.one, row.other].setdefault(row.id, act)
    pairs = {
        pair: Standing(pair, stories, tuple(_ordered(found[pair].values())))
        for pair, stories in counts.items()
    }
    return Standings(as_of, pairs)


def standings_of(desk: Desk) -> Standings:
    """The standings of a desk's store on the day of its newest article, kept while the store stays."""

    def make() -> Standings:
        with desk.store() as store:
            return standings(store, newest_day(store, today))

    today = desk.today()
    return desk.remember(("standings", today), make)


def _ordered(acts: Iterable[Act]) -> list[Act]:
    return sorted(acts, key=lambda a: (a.day, a.earliest, a.story_id))


def _act(row: Any, as_of: date) -> Act | None:
    """The act of a story between two; None for a hostile one that is only planned."""
    from detente.codebook import codebook
    from detente.relations.series import Act

    book = codebook()
    quad = book.quad(row.event)
    future = row.status == "future"
    published = date.fromisoformat(row.first_published)
    if future and quad > 2:
        return None
    if row.day_last is None or future:
        if row.status == "historical":
            return None
        first, last = (published, published) if future else (published - WEEK, published)
    else:
        first = min(date.fromisoformat(row.day_first), published)
        last = min(date.fromisoformat(row.day_last), published)
    if last > as_of:
        return None
    one, other = (row.one, row.other) if row.symmetric or row.side == "actor" else (row.other, row.one)
    return Act(
        day=last,
        hostile=quad > 2,
        verbal=quad in (1, 3) or future,
        actor=one,
        recipient=other,
        event=row.event,
        weight=abs(book.score(row.event)),
        story_id=row.id,
        known_on=published,
        events=(row.report,),
        earliest=first,
        symmetric=bool(row.symmetric),
        announced=future,
    )
