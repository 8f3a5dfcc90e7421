"""Who holds what towards whom: claims and their denials, demands and their answers, reversals,
firsts, and what stays open. The definition "position.v1" is written out in
`docs/method/positions.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from detente.records import Event, Position
from detente.relations.denials import answered, closing, is_denial
from detente.relations.firsts import First, firsts, sentence_spans
from detente.relations.issues import OpenIssue, context_of, open_issues
from detente.relations.reversals import Reversal, reversals
from detente.relations.series import pair_of
from detente.relations.stances import Stance, stances

__all__ = ["First", "OpenIssue", "Reversal", "answers", "positions", "stated"]

_KINDS: Mapping[str, str] = {
    "THREATEN": "threat",
    "SUPPORT": "support",
    "AGREE": "promise",
    "CONCEDE": "concession",
    "REQUEST": "demand",
}


def positions(
    events: Iterable[Event],
    *,
    published: Mapping[str, date | None],
    pair: tuple[str, str] | None = None,
    as_of: date | None = None,
    texts: Mapping[str, str] | None = None,
) -> list[Position]:
    """The positions that the events show, by publication and place; firsts and open issues at the
    end.

    Kinds: "claim" (something is alleged), "criticism", "denial" (answers a claim, `denies`),
    "refusal", "threat", "support", "promise", "concession", "demand" (`closed_by` the act that met
    or refused it), "reversal" (`reverses` the earlier act), "first", "open issue". A position rests
    on `event`; repeated reports of one act by one holder on one day are one position, the first
    published. `since` is the day of the act as far as the text gives it. Commentary is nobody's
    position; nor is what is only planned, possible or denied. Nothing published after `as_of` is
    used.

    Args:
        events: coded events of any pair.
        published: publication day of each document id; events of documents without one are left
        out.
        pair: only positions between these two; without it, between any two, and no open issues.
        as_of: last publication day used.
        texts: text of each document id; needed for what stands outside the evidence spans ("a stark
            reversal", "their first talks since", "disputes over").

    Raises:
        InputError: `pair` is not two different codes. DateError: an event's date is none.

    >>> from detente.records import Party, Status
    >>> usa, col = Party("USA", "Washington"), Party("COL", "Bogota")
    >>> claim = Event("d", 0, 30, "Washington accused it of lying", "ACCUSE", (usa,), (col,), False,
    ...     Status.ACTUAL, "accused", 11, 3, modes=("allege",), date="2026-01-05")
    >>> denial = Event("d", 32, 52, "Bogota denied the charge", "REJECT", (col,), (usa,), False,
    ...     Status.ACTUAL, "denied", 39, 3, date="2026-01-06")
    >>> [(p.kind, p.holder, p.denies == claim.id) for p in positions([claim, denial],
    ...     published={"d": date(2026, 1, 8)}, pair=("USA", "COL"))]
    [('claim', 'USA', False), ('denial', 'COL', True)]
    """
    unique = list({e.id: e for e in events}.values())
    two = None if pair is None else pair_of(pair)
    held = stances(unique, published, pair=two, as_of=as_of)
    canonical = _canonical(held)
    found = [
        p
        for stance in held
        if stance.verbal
        and canonical[_key(stance)] is stance
        and (p := _position(stance, held, canonical, texts or {})) is not None
    ]
    pairs = [two] if two else sorted({pair_of((s.holder, s.towards)) for s in held})
    by_id = {e.id: e for e in unique}
    for one in pairs:
        of_pair = [s for s in held if {s.holder, s.towards} == set(one)]
        found.extend(_reversal(r, by_id) for r in reversals(of_pair, unique, published, one, as_of, texts))
        found.extend(
            _first(f, by_id) for f in firsts(unique, published=published, pair=one, as_of=as_of, texts=texts)
        )
        if two is not None:
            found.extend(
                _issue(i, by_id, one)
                for i in open_issues(unique, published=published, pair=one, as_of=as_of, texts=texts)
            )
    return found


def answers(held: Sequence[Position], event: str) -> tuple[Position, ...]:
    """Every position that denies, closes or reverses the act with this id, in the order given.

    A claim answered by several parties shows them all.

    >>> answers([], "00ff")
    ()
    """
    return tuple(p for p in held if event in (p.denies, p.reverses))


def _key(stance: Stance) -> tuple[str, str]:
    return stance.event.id, stance.holder


def _canonical(held: Sequence[Stance]) -> dict[tuple[str, str], Stance]:
    """The first report of what each stance says.

    Two reports are one where holder, addressee, type and day agree and their words meet; undated
    ones where their weeks overlap and half of the shorter one's words are the same.
    """
    found: dict[tuple[str, str], Stance] = {}
    heads: list[Stance] = []
    for stance in held:
        head = next((h for h in heads if _same(h, stance)), None)
        if head is None:
            heads.append(stance)
            head = stance
        found[_key(stance)] = head
    return found


def _same(one: Stance, other: Stance) -> bool:
    if (one.holder, one.towards, one.event.event) != (
        other.holder,
        other.towards,
        other.event.event,
    ):
        return False
    if one.event.document == other.event.document:
        return one.event.start == other.event.start and one.event.end == other.event.end
    if one.first is None or other.first is None or one.last is None or other.last is None:
        return False
    if one.first > other.last or other.first > one.last:
        return False
    shared = len(one.words & other.words)
    exact = one.event.date is not None and one.event.date == other.event.date
    return shared >= (1 if exact else max(2, (min(len(one.words), len(other.words)) + 1) // 2))


def _position(
    stance: Stance,
    held: Sequence[Stance],
    canonical: Mapping[tuple[str, str], Stance],
    texts: Mapping[str, str],
) -> Position | None:
    event = stance.event
    denies = closed_by = None
    kind = _KINDS.get(event.event)
    if event.event == "ACCUSE":
        kind = "criticism" if "disapprove" in event.modes else "claim"
    elif event.event == "REJECT":
        claim = answered(stance, held) if is_denial(event) else None
        kind = "denial" if is_denial(event) else "refusal"
        denies = None if claim is None else canonical[_key(claim)].event.id
    elif event.event == "REQUEST":
        closer = closing(stance, held)
        closed_by = None if closer is None else closer.event.id
    if kind is None:
        return None
    return Position(
        holder=stance.holder,
        towards=stance.towards,
        context=context_of(event),
        kind=kind,
        words=stated(event, texts.get(event.document)),
        since=event.date,
        event=event.id,
        speaker=event.speaker or _person(event, stance.holder),
        denies=denies,
        closed_by=closed_by,
    )


def stated(event: Event, text: str | None) -> str:
    """The words of an act to the end of their sentence, where that is near: what is claimed or
    demanded often stands just behind the evidence span ("accused Iran of | breaking the deal").

    Without the document's text it is the evidence span.
    """
    if text is None:
        return event.text
    for start, end in sentence_spans(text[event.start : event.end + 400]):
        if start == 0:
            whole = text[event.start : event.start + end].rstrip(" .")
            return whole if len(event.text) <= len(whole) <= 240 else event.text
    return event.text


def _person(event: Event, code: str) -> str | None:
    """Who of a party spoke, where the text names somebody."""
    for party in event.actor:
        if party.code == code and party.name:
            return party.name
    return None


def _reversal(found: Reversal, by_id: Mapping[str, Event]) -> Position:
    event = by_id[found.event]
    return Position(
        holder=found.holder,
        towards=found.towards,
        context=found.context,
        kind="reversal",
        words=found.words,
        since=event.date,
        event=found.event,
        speaker=_person(event, found.holder),
        reverses=found.reverses,
    )


def _first(found: First, by_id: Mapping[str, Event]) -> Position:
    event = by_id[found.event]
    return Position(
        holder=event.actor_codes[0],
        towards=next((c for c in event.recipient_codes if c != event.actor_codes[0]), event.actor_codes[-1]),
        context=context_of(event),
        kind="first",
        words=found.words,
        since=event.date,
        event=found.event,
    )


def _issue(found: OpenIssue, by_id: Mapping[str, Event], pair: tuple[str, str]) -> Position:
    event = by_id[found.events[0]]
    holder = next((c for c in event.actor_codes if c in pair), pair[0])
    return Position(
        holder=holder,
        towards=pair[0] if holder == pair[1] else pair[1],
        context=found.context,
        kind="open issue",
        words=found.words,
        since=found.since,
        event=found.events[0],
    )
