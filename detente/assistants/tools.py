"""The tools of the server: what an assistant may ask of the record, and nothing that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from detente.assistants.asking import LONGEST_TEXT, AsOf, From, Identifier, Kind, Party, Type, Until, Words
from detente.assistants.results import address, article, evidence, few, item, of_reports, told
from detente.desk.api.asking import Day, EventsAsked, code, day_of, next_of, place_of, plain_text
from detente.desk.api.values import plain
from detente.desk.room import Desk
from detente.errors import InputError
from detente.records import Status

if TYPE_CHECKING:
    from detente.api import Dossier
    from detente.briefs import Report
    from detente.records import Event

__all__ = ["Tools"]

_MOST_PROOFS = 12
_TEXTS_AT_ONCE = 4  # one is coded, the others wait; more would take the threads of all other tools
_ACT_EVIDENCE = 60  # of a brief or an answer


class Tools:
    """The tools over one desk; every public method is one, and its docstring what the assistant is told.

    Methods raise the errors of the package; each gives plain JSON with a `schema`.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._coding = Lock()
        self._waiting = BoundedSemaphore(_TEXTS_AT_ONCE)

    def describe_store(self) -> dict[str, Any]:
        """How much the record holds: documents, acts, stories, the newest day, and who coded them.

        Ask this first where answers are empty."""
        from detente import __version__
        from detente.store.paging import Pages

        with self._desk.store() as store:
            counts = Pages(store).counts()
        return told(
            "detente.status.v1",
            version=__version__,
            today=self._desk.today(),
            documents=counts.documents,
            events=counts.events,
            stories=counts.stories,
            newest=counts.newest,
            coders=counts.coders,
        )

    def code_text(
        self,
        text: Annotated[
            str, Field(min_length=1, max_length=LONGEST_TEXT, description="The text, plain, in English.")
        ],
        published: Annotated[
            Day | None,
            Field(
                description='Day of publication, YYYY-MM-DD, on which words such as "Friday" are resolved.'
            ),
        ] = None,
        publisher: Annotated[Words | None, Field(description="Who published it.")] = None,
        title: Annotated[
            str | None, Field(min_length=1, max_length=1000, description="Its headline.")
        ] = None,
    ) -> dict[str, Any]:
        """Code a text: who did what to whom, when, who says so, in which words. Nothing is kept.

        `start` and `end` of an act count letters of the text. A text in a language that the coder cannot
        read gives no acts and a `reason`."""
        from detente.keeping import languages_of
        from detente.sources.languages import language_name, with_language
        from detente.sources.text import make_document

        document = with_language(
            make_document(
                plain_text(text),
                published=published,
                publisher=plain_text(publisher) if publisher else None,
                title=plain_text(title) if title else None,
            )
        )
        events: list[Event] = []
        reason = None
        if not self._waiting.acquire(blocking=False):
            raise InputError("too many texts wait to be coded", todo="send it again later")
        try:
            with self._coding:
                coder = self._desk.coder()
                if document.language is not None and document.language not in languages_of(coder):
                    named = language_name(document.language)
                    reason = f"the text is in {named}, which {coder.name} cannot read"
                else:
                    events = list(coder.code(document))
        finally:
            self._waiting.release()
        # The text is not kept, so there is no article to lead to.
        items = [{k: v for k, v in item(e, document).items() if k != "article"} for e in events]
        return told("detente.coded.v1", coder=coder.name, reason=reason, items=items)

    def find_events(
        self,
        one: Annotated[Party | None, Field(description="One of a pair, whoever acts.")] = None,
        other: Annotated[Party | None, Field(description="The other of the pair.")] = None,
        actor: Annotated[Party | None, Field(description="Who acts.")] = None,
        recipient: Annotated[Party | None, Field(description="On whom.")] = None,
        types: Annotated[list[Type] | None, Field(max_length=20, description="PLOVER types.")] = None,
        status: Annotated[
            list[Status] | None,
            Field(
                max_length=10,
                description="How real: `actual` and `historical` acts have happened; `future` is planned,"
                " `hypothetical` only possible, and `negated` did not happen.",
            ),
        ] = None,
        words: Annotated[
            Words | None, Field(description="Words the evidence must hold, all of them.")
        ] = None,
        speaker: Annotated[Words | None, Field(description="A part of the name of who says so.")] = None,
        publisher: Annotated[Words | None, Field(description="Who published it, exactly.")] = None,
        document: Annotated[Identifier | None, Field(description="Only acts of this document.")] = None,
        since: From = None,
        until: Until = None,
        as_of: AsOf = None,
        limit: Annotated[int, Field(ge=1, le=100, description="How many at most.")] = 20,
        cursor: Annotated[
            str | None,
            Field(max_length=400, description="`next` of the page before; all else stays the same."),
        ] = None,
    ) -> dict[str, Any]:
        """Find acts in the record, the newest first: by pair, actor, recipient, type, status, day, words.

        Each item is one report of an act with its evidence; reports of the same act share a `story`."""
        from detente.store.paging import Pages

        if (one is None) != (other is None):
            raise InputError(
                "a pair has two parties", where="one, other", todo="give both, or use actor or recipient"
            )
        pair = ",".join(self._pair(one, other)) if one is not None and other is not None else None
        asked = EventsAsked.model_validate(
            {
                "pair": pair,
                "actor": actor,
                "recipient": recipient,
                "type": types,
                "status": status,
                "text": words,
                "speaker": speaker,
                "publisher": publisher,
                "document": document,
                "from": since,
                "to": until,
                "as_of": day_of(self._desk, as_of),
                "limit": limit,
                "cursor": cursor,
            }
        )
        rest: dict[str, Any] = dict(asked.rest())
        with self._desk.store() as store:
            found, end = Pages(store).events(
                asked.chosen(), after=place_of(asked, cursor), limit=limit, **rest
            )
        return told(
            "detente.events.v1",
            as_of=asked.as_of,
            items=[item(r.event, r.document, r.story) for r in found],
            next=next_of(asked, end),
        )

    def list_pairs(
        self,
        party: Annotated[Party | None, Field(description="Only the pairs of this party.")] = None,
        as_of: AsOf = None,
        limit: Annotated[int, Field(ge=1, le=50, description="How many at most.")] = 20,
    ) -> dict[str, Any]:
        """List the pairs of parties with acts between them, those with most reports first.

        `latest` is the newest act of the pair, with its evidence."""
        from detente.store.paging import Pages
        from detente.store.search import Filter

        day = day_of(self._desk, as_of)
        one = code(party) if party else None
        with self._desk.store() as store:
            pages = Pages(store)
            every = self._desk.remember(("pairs", day), lambda: pages.pairs(day))
            rows = [row for row in every if one is None or one in row[:2]]
            items = []
            for a, b, reports, last in rows[:limit]:
                newest, _ = pages.events(Filter(pair=(a, b), as_of=day), limit=1)
                items.append({"pair": [a, b], "reports": reports, "last": last, "latest": of_reports(newest)})
        return told("detente.pairs.v1", as_of=day, items=items, left_out=max(0, len(rows) - limit))

    def find_turns(self, one: Party, other: Party, as_of: AsOf = None) -> dict[str, Any]:
        """The days on which the relation of two parties changed: a thaw or an escalation.

        `odds` says how many times likelier such a change is than in the pair's own noise; `firmness` the
        share of half-samples in which it stays. No turn means that nothing beats chance."""
        known = self._known(one, other, as_of)
        items = [{**plain(t), **self._proofs(t.events, known)} for t in self._turns(known)]
        return told("detente.turns.v1", pair=known.pair, as_of=known.as_of, items=items)

    def find_positions(
        self,
        one: Party,
        other: Party,
        kind: Annotated[
            Kind | None,
            Field(description="Only positions of this kind."),
        ] = None,
        as_of: AsOf = None,
        limit: Annotated[int, Field(ge=1, le=100, description="How many at most, the newest.")] = 30,
    ) -> dict[str, Any]:
        """Who holds what towards whom: claims, denials, demands, threats, reversals, firsts, open issues.

        A claim is what its `speaker` says, not a fact of the record."""
        from detente.relations.positions import positions as find

        known = self._known(one, other, as_of)
        texts = {name: d.text for name, d in known.documents.items()}
        found = self._desk.remember(
            ("positions", *known.pair, known.as_of),
            lambda: find(
                known.events, published=known.published, pair=known.pair, as_of=known.as_of, texts=texts
            ),
        )
        chosen = [p for p in found if kind is None or p.kind == kind]
        kept = sorted(chosen, key=lambda p: p.since or "")[-limit:][::-1]
        items = []
        for held in kept:
            named = [n for n in (held.event, held.denies, held.reverses, held.closed_by) if n]
            items.append({**plain(held), **self._proofs(named, known)})
        return told(
            "detente.positions.v1",
            pair=known.pair,
            as_of=known.as_of,
            items=items,
            left_out=len(chosen) - len(kept),
        )

    def outlook(
        self,
        one: Party,
        other: Party,
        question: Annotated[
            Literal["thaw", "escalation"],
            Field(
                description="`thaw`: will the latest thaw hold? `escalation`: will a thaw follow the latest?"
            ),
        ] = "thaw",
        horizon: Annotated[Literal[30, 60, 90, 180], Field(description="Days ahead.")] = 90,
        as_of: AsOf = None,
    ) -> dict[str, Any]:
        """How likely the latest thaw of a pair is to hold, beside its base rates and with its terms.

        `probability` is null where nothing can be said, and `reason` says why: then say that, no number."""
        from detente.relations.outlook import outlook as ask

        known = self._known(one, other, as_of)
        made = ask(self._acts(known), known.pair, asked_on=known.as_of, horizon=horizon, question=question)
        named = [name for term in made.terms for name in term.events]
        return told("detente.outlook.v1", **plain(made), **self._proofs(named, known))

    def brief(
        self,
        parties: Annotated[
            list[Party] | None,
            Field(
                max_length=2, description="Two of a pair, or one country; nothing for a day or an article."
            ),
        ] = None,
        day: Annotated[
            Day | None,
            Field(description="The morning brief: what was published on this day across all pairs."),
        ] = None,
        article: Annotated[Identifier | None, Field(description="The brief of this document.")] = None,
        days: Annotated[int, Field(ge=1, le=3650, description="How many days back it looks for acts.")] = 30,
        as_of: AsOf = None,
    ) -> dict[str, Any]:
        """A brief of a pair, a country, a day or an article: lines that passed the support check.

        Quote a line with its `acts`, whose words are under `evidence`; a line without acts says what is
        not known. `dropped` lines failed the check: do not use them."""
        made = self._report(parties or [], day, article, days, as_of)
        named = [act for line in made.lines for act in line.events]
        kept, left_out = few(named, _ACT_EVIDENCE)
        return told(
            "detente.brief.v1",
            scope=made.scope,
            title=made.title,
            parties=made.parties,
            as_of=made.as_of if made.as_of != date.max else None,
            lines=[{"section": x.section, "text": x.text, "acts": x.events} for x in made.lines],
            dropped=[{"text": x.text, "reason": x.reason} for x in made.dropped],
            evidence=[evidence(e, made.documents.get(e.document)) for n in kept if (e := made.events.get(n))],
            evidence_left_out=left_out,
        )

    def ask(
        self,
        question: Annotated[str, Field(min_length=1, max_length=500, description="A question in English.")],
        earlier: Annotated[
            list[Annotated[str, Field(max_length=500)]] | None,
            Field(
                max_length=8,
                description="The questions before it, oldest first; what this one leaves out is theirs.",
            ),
        ] = None,
        as_of: AsOf = None,
    ) -> dict[str, Any]:
        """Answer a question from the record, with evidence: who, what, when, how often, did they ever.

        The verdict `nothing` means that the record holds nothing on it, never "no"; `unclear` that the
        question cannot be looked up, and `missing` says why. Do not add what is not in the evidence."""
        from detente.answers import Conversation, described
        from detente.store.paging import Pages

        day = day_of(self._desk, as_of)
        with self._desk.store() as store:
            talk = Conversation(store, today=day)
            for before in earlier or ():
                talk.ask(plain_text(before))
            made = talk.ask(plain_text(question))
            proofs = (*made.proofs, *made.contrary, *made.near)
            named = [*(act for line in made.lines for act in line.events), *(p.event for p in proofs)]
            kept, left_out = few(named, _ACT_EVIDENCE)
            found = of_reports(Pages(store).reports(kept))
        return told(
            "detente.answer.v1",
            question=question,
            as_of=day,
            verdict=made.verdict,
            headline=made.headline,
            value=made.value,
            asked=described(made.query) if made.query else None,
            lines=[{"section": x.section, "text": x.text, "acts": x.events} for x in made.lines],
            proofs=[p.event for p in made.proofs],
            contrary=[p.event for p in made.contrary],
            near=[p.event for p in made.near],
            passages=[plain(p) for p in made.passages],
            searched=plain(made.searched) if made.searched else None,
            notes=made.notes,
            missing=made.missing,
            offers=made.offers,
            evidence=found,
            evidence_left_out=left_out,
        )

    def search(
        self,
        words: Annotated[
            str,
            Field(
                min_length=1,
                max_length=400,
                description='Words that all have to be there; "between quotes" they stay together.',
            ),
        ],
        publisher: Annotated[Words | None, Field(description="Who published it, exactly.")] = None,
        since: From = None,
        until: Until = None,
        as_of: AsOf = None,
        limit: Annotated[int, Field(ge=1, le=50, description="How many at most.")] = 10,
    ) -> dict[str, Any]:
        """Find articles that hold all the words, the best match first, with a snippet.

        `acts` are acts of the article whose own words hold them all."""
        from detente.store.paging import Pages

        with self._desk.store() as store:
            found = Pages(store).search(
                plain_text(words),
                publisher=plain_text(publisher) if publisher else None,
                since=since,
                until=until,
                as_of=day_of(self._desk, as_of),
                limit=limit + 1,
            )
        items = [
            {
                "document": hit.document.id,
                "article": address(hit.document.id),
                "title": hit.document.title,
                "publisher": hit.document.publisher,
                "published": hit.document.published,
                "link": hit.document.url,
                "snippet": hit.snippet,
                "acts": hit.events,
            }
            for hit in found[:limit]
        ]
        return told("detente.search.v1", items=items, more=len(found) > limit)

    def read_article(
        self,
        id: Identifier,
        start: Annotated[int, Field(ge=0, description="From which letter on.")] = 0,
        length: Annotated[
            int, Field(ge=1, le=LONGEST_TEXT, description="How many letters at most.")
        ] = 20_000,
        as_of: AsOf = None,
    ) -> dict[str, Any]:
        """Read an article of the record, or a part of it, as it was published.

        `withdrawn` says why it does not count any more, where it does not. `next_start` leads on."""
        from detente.store.paging import Pages

        day = day_of(self._desk, as_of)
        with self._desk.store() as store:
            found = store.document(plain_text(id))
            seen = found is not None and (as_of is None or Pages(store).counted_on(id, day))
            mark = store.marks([id]).get(id) if found is not None and as_of is None else None
        if found is None or not seen:
            raise InputError(
                f"there is no document {id!r}",
                where="id",
                todo="take the `document` of an act, or use search",
            )
        return article(found, start=start, length=length, mark=str(mark) if mark else None)

    # What the tools share

    def _pair(self, one: str, other: str) -> tuple[str, str]:
        a, b = code(one), code(other)
        if a == b:
            raise InputError(f"{one!r} and {other!r} are the same, {a}", todo="give two different ones")
        return a, b

    def _known(self, one: str, other: str, as_of: date | None) -> Dossier:
        a, b = self._pair(one, other)
        return self._desk.dossier(a, b, day_of(self._desk, as_of))

    def _acts(self, known: Dossier) -> list[Any]:
        from detente.relations.series import acts

        return self._desk.remember(
            ("acts", *sorted(known.pair), known.as_of),
            lambda: acts(known.events, known.published, known.pair, known.as_of, known.stories),
        )

    def _turns(self, known: Dossier) -> list[Any]:
        from detente.relations.turning import turns

        return self._desk.remember(
            ("turns", *sorted(known.pair), known.as_of),
            lambda: turns(self._acts(known), known.pair, known.as_of),
        )

    def _proofs(self, ids: Iterable[str], known: Dossier) -> dict[str, Any]:
        by_id = {e.id: e for e in known.events}
        kept, left_out = few([name for name in ids if name in by_id], _MOST_PROOFS)
        proofs = [evidence(by_id[n], known.documents.get(by_id[n].document)) for n in kept]
        return {"evidence": proofs, "evidence_left_out": left_out}

    def _report(
        self,
        parties: Sequence[str],
        day: date | None,
        article: str | None,
        days: int,
        as_of: date | None,
    ) -> Report:
        from detente import briefs
        from detente.api import report_of_dossier

        if (day is not None) + (article is not None) + bool(parties) != 1:
            raise InputError(
                "a brief is of two parties, of one, of a day or of an article",
                todo="give one or two parties, or a day, or the id of an article",
            )
        last = day_of(self._desk, as_of)
        if len(parties) == 2:
            return report_of_dossier(self._known(parties[0], parties[1], last), days)
        with self._desk.store() as store:
            if day is not None:
                return briefs.morning(store, day_of(self._desk, day))
            if article is None:
                return briefs.of_country(store, code(parties[0]), as_of=last, days=days)
            found = store.document(plain_text(article))
            if found is None:
                raise InputError(
                    f"there is no document {article!r}", where="article", todo="take the `document` of an act"
                )
            return briefs.article(found, store.events(document=article))
