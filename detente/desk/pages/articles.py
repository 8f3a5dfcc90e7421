"""The page of an article: its text with everything marked where it stands, and what was left out of it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from detente.desk.figures import sides
from detente.desk.marking import Span, cut, paragraphs, part_of, spans_of
from detente.desk.pages.acts import evidence_view
from detente.desk.pages.corrections import may_write, rows_of
from detente.desk.pages.layout import clip, country, render, short_day, trouble
from detente.desk.reading import failures
from detente.desk.room import desk_of
from detente.records import Voice

if TYPE_CHECKING:
    from detente.coding.explanations import Explanation, Sentence
    from detente.desk.api.coding import Bench
    from detente.records import Document, Event
    from detente.store import Store

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

MOST_ACTS = 300
MOST_QUOTES = 80
# A text longer than this is read anew at the terminal, where nobody else waits for it.
LONGEST_EXPLAINED = 60_000


@router.get("/articles/{id:path}")
def article(request: Request, id: str) -> Response:
    """An article, or the part of a long one that is asked for."""
    from detente.desk.evidence import evidence_of

    desk = desk_of(request)
    asked = request.query_params
    with desk.store() as store:
        document = store.document(id) if _storable(id) else None
        if document is None:
            return _missing(request, store, id)
        events = store.events(document=id, order="document", retracted=None)[:MOST_ACTS]
        act = asked.get("act") or None
        found = evidence_of(store, act) if act is not None else None
        if found is not None and found.event.document != id:
            found = None
        shown = found.event.start if found is not None and "part" not in asked else None
        start, end, part, parts = _part(document, asked.get("part"), shown)
        mark = store.marks((id,)).get(id)
        copies = store.copies(id)
        beside: dict[str, Any] = {
            "mark": mark,
            "later": mark.superseded if mark else None,
            "copies": store.documents(ids=copies[:20], retracted=None),
            "more_copies": max(len(copies) - 20, 0),
            "sightings": store.sightings(id)[:20],
            "house": store.house(id),
            "failures": failures(store, document=id, limit=10)[0],
            "stories": _stories(store, [e.id for e in events]),
        }
        corrections = rows_of(store.corrections(document=id))
    spans = desk.remember(
        ("marks", id, start, end), lambda: spans_of(document, events, start, end), patience=0
    )
    acts = [_act(event, n, start, end, beside["stories"]) for n, event in enumerate(events, start=1)]
    aside = [a for a in acts if a["aside"]]
    return render(
        request,
        "article.html",
        title=clip(document.title, 80) or "Article",
        document=document,
        lines=paragraphs(cut(document.text, spans, start, end)),
        acts=[a for a in acts if not a["aside"]],
        aside=aside,
        uncounted=[a for a in acts if a["reason"] and not a["aside"]],
        quotes=_quotes(document.text, spans),
        names=_names(document.text, spans),
        dates=_dates(document.text, spans),
        open_act=found.id if found is not None else None,
        e=evidence_view(found) if found is not None else None,
        address=f"/articles/{quote(id, safe='')}",
        why=f"/left-out/{quote(id, safe='')}",
        part=part,
        part_count=parts,
        corrections=corrections,
        writes=may_write(request),
        **beside,
    )


def _storable(text: str) -> bool:
    return not any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text)


def _missing(request: Request, store: Store, id: str) -> HTMLResponse:
    named = store.named(id)[-5:] if _storable(id) else []
    return trouble(
        request,
        404,
        f"There is no article {clip(id, 60) or 'without a name'} in this store",
        "Did you mean one of these?" if named else "Search for its words, or read it first.",
        None if named else f"detente read URL --store {store.where}",
        links=[(f"/articles/{quote(name, safe='')}", clip(name, 80)) for name in named]
        or [("/search", "Search")],
    )


def _part(document: Document, asked: str | None, at: int | None) -> tuple[int, int, int, int]:
    """Where the part asked for (or that holds a place) begins and ends, its number, and their number."""
    number = int(asked) if asked is not None and asked.isdecimal() and len(asked) < 7 else 1
    start, end, parts = part_of(document.text, number)
    if at is not None:
        for one in range(1, parts + 1):
            start, end, parts = part_of(document.text, one)
            if start <= at < end:
                return start, end, one, parts
    return start, end, min(max(number, 1), parts), parts


def _stories(store: Store, ids: list[str]) -> dict[str, str]:
    """The story of each act that tells one."""
    from detente.store.paging import Pages

    return {r.event.id: r.story for r in Pages(store).reports(ids) if r.story}


def _act(event: Event, number: int, start: int, end: int, stories: dict[str, str]) -> dict[str, Any]:
    aside = event.voice is Voice.COMMENTARY
    when = short_day(event.date) + (f" to {short_day(event.date_end)}" if event.date_end else "")
    return {
        "number": number,
        "id": event.id,
        "event": event,
        "sides": sides(event),
        "when": when,
        "words": clip(event.text, 220),
        "says": clip(event.speaker, 60) or ("the writer" if not aside else "somebody unnamed"),
        "here": start <= event.start < end,
        "aside": aside,
        "reason": uncounted(event),
        "story": stories.get(event.id),
        "pairs": _pairs(event),
    }


def _pairs(event: Event) -> list[tuple[str, str, str]]:
    codes = sorted({*event.actor_codes, *event.recipient_codes})
    return [
        (one, other, f"{country(one)} and {country(other)}")
        for one, other in combinations(codes, 2)
        if event.symmetric
        or (one in event.actor_codes and other in event.recipient_codes)
        or (other in event.actor_codes and one in event.recipient_codes)
    ][:6]


def uncounted(event: Event) -> str | None:
    """Why no level counts an act, by the rules of "act.v1"; None for one that counts, or is announced."""
    status = event.status.value
    if event.voice is Voice.COMMENTARY:
        return "commentary: an opinion makes nothing happen"
    if status == "negated":
        return "told as not done"
    if status == "hypothetical":
        return "told as possible only"
    if event.event == "REQUEST":
        return "a request stands on neither side"
    if status == "future":
        return (
            "hostile and only announced" if event.quad > 2 else "announced: counts for turns, not for levels"
        )
    if status == "historical" and event.date is None:
        return "told of the past, without a day"
    if not event.symmetric and not (event.actor_codes and event.recipient_codes):
        return "one side is not known"
    if len({*event.actor_codes, *event.recipient_codes}) < 2:
        return "within one party"
    return None


def _quotes(text: str, spans: list[Span]) -> list[tuple[str, str]]:
    """The quotations marked: who, and the words."""
    found = [s for s in spans if s.kind == "quote"]
    found.sort(key=lambda s: s.start)
    told = []
    for span in found[:MOST_QUOTES]:
        words = clip(text[span.start : span.end], 240)
        told.append((span.label, f"“{words}”" if span.label.startswith("quoted") else words))
    return told


def _names(text: str, spans: list[Span]) -> list[tuple[str, str, int]]:
    """The actors marked: for whom the words stand, the words, and how often."""
    counts: dict[str, list[str]] = {}
    for span in spans:
        if span.kind == "actor":
            counts.setdefault(span.label, []).append(clip(text[span.start : span.end], 40))
    told = [(name, ", ".join(dict.fromkeys(words)), len(words)) for name, words in counts.items()]
    return sorted(told, key=lambda row: (-row[2], row[0]))


def _dates(text: str, spans: list[Span]) -> list[tuple[str, str]]:
    """The dates marked: the words, and the days that they mean."""
    found = sorted((s for s in spans if s.kind == "date"), key=lambda s: s.start)
    return list(dict.fromkeys((clip(text[s.start : s.end], 60), s.label) for s in found))


# What was left out


@router.get("/left-out/{id:path}")
async def left_out(request: Request, id: str) -> Response:
    """Every sentence of an article, with the acts it gave, or why it gave none, by reading it again."""
    from starlette.concurrency import run_in_threadpool

    from detente.coding.coder import RuleCoder

    desk = desk_of(request)

    def look() -> Document | HTMLResponse:
        with desk.store() as store:
            document = store.document(id) if _storable(id) else None
            return document or _missing(request, store, id)

    document = await run_in_threadpool(look)
    if isinstance(document, HTMLResponse):
        return document
    back = f"/articles/{quote(id, safe='')}"
    if len(document.text) > LONGEST_EXPLAINED:
        return trouble(
            request,
            200,
            "This text is too long to be read again for a page",
            f"It has {len(document.text):,} characters; the limit is {LONGEST_EXPLAINED:,}. The command"
            " takes any length.",
            "detente explain FILE",
            links=[(back, "Back to the text")],
        )

    def read() -> Explanation | str:
        from detente.coding.tracing import explain

        coder = desk.coder()
        if not isinstance(coder, RuleCoder):
            return f"The coder {coder.name} cannot be asked for its reasons."
        return desk.remember(("left out", id), lambda: explain(document, coder))

    bench: Bench = request.app.state.bench
    found = await bench.run(read)
    if isinstance(found, str):
        return trouble(
            request, 200, found, "Serve the desk with --coder auto or rules.", links=[(back, "Back")]
        )
    rows = [_sentence(s) for s in found.sentences]
    return render(
        request,
        "left_out.html",
        title=f"Left out of {clip(document.title, 60) or 'an article'}",
        document=document,
        rows=rows,
        gave=sum(bool(r["acts"]) for r in rows),
        coder=found.coder,
        back=back,
    )


def _sentence(one: Sentence) -> dict[str, Any]:
    """A sentence of the reading as the page shows it."""
    acts = [p.event for p in one.predicates if p.event is not None]
    whys: dict[str, list[str]] = {}
    for p in one.predicates:
        if p.event is None and p.why_not:
            whys.setdefault(clip(p.why_not, 200), []).append(clip(p.word, 40))
    reason = clip(one.why_not, 200)
    if not reason and not acts and not whys:
        reason = "no word in it may report an act"
    return {
        "number": one.number,
        "text": clip(one.text, 600),
        "acts": [(e, sides(e)) for e in acts],
        "reason": reason,
        "whys": [(list(dict.fromkeys(words))[:12], why) for why, words in whys.items()][:12],
    }
