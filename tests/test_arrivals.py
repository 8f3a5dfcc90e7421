"""One text from many places: which of them is read first changes no figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from detente.records import Document, Event, Party, Status
from detente.sources import make_document
from detente.store import Store, open_store
from detente.store.copies import Sighting
from detente.store.corrections import Hand

DAY = date(2026, 1, 8)
LEAD = "U.S. envoys met Cuban envoys in Oslo."
AFTER = "The government condemned Iran over the seizure of a tanker."
LONG = " ".join(f"Word{n} stood in the text of the wire." for n in range(12))
HOMES = {"Post": "USA", "Granma": "CUB"}


class Reader:
    """A coder whose reading hangs on the day ("yesterday") and on the publisher ("the government")."""

    name = "reader.v1"

    def code(self, document: Document) -> list[Event]:
        found = []
        day = document.published and (document.published - timedelta(days=1)).isoformat()
        home = HOMES.get(document.publisher or "")
        usa, cuba, iran = Party("USA", "U.S."), Party("CUB", "Cuban"), Party("IRN", "Iran")
        told = [(LEAD, "CONSULT", (usa,), (cuba,), True, 1)]
        if home:
            told.append((AFTER, "ACCUSE", (Party(home, "government"),), (iran,), False, 3))
        for words, kind, actor, recipient, both, quad in told:
            at = document.text.find(words)
            if at >= 0:
                found.append(
                    Event(
                        document.id, at, at + len(words), words, kind, actor, recipient, both,
                        Status.ACTUAL, "said", at + 5, quad, date=day, date_reason=None if day else "no day",
                    )
                )  # fmt: skip
        return found


def place(text: str, day: int | None, house: str | None, address: str | None = None) -> Document:
    """The id is that of the place, as it is for what is read from pages."""
    published = None if day is None else DAY + timedelta(days=day)
    return make_document(text, published=published, publisher=house, url=address)


def figures(store: Store, as_of: date | None = None) -> dict[str, Any]:
    """All that a user is told, but for the names that texts have in this store."""
    documents = {d.id: d for d in store.documents()}

    def of(event: Event) -> tuple[object, ...]:
        text = documents[event.document].text
        return text, event.start, event.event, event.actor_codes, event.recipient_codes, event.date or ""

    events = {e.id: of(e) for e in store.events(as_of=as_of)}
    return {
        "events": sorted(events.values()),
        "documents": sorted(
            (d.text, str(d.published), str(d.publisher), str(d.url), str(store.house(d.id)))
            for d in documents.values()
        ),
        "places": sorted(
            (d.text, str(s.published), str(s.publisher), str(s.url))
            for d in documents.values()
            for s in store.sightings(d.id)
        ),
        "stories": sorted(
            (
                s.event, s.actor, s.recipient, s.date or "", str(s.first_published), s.publishers,
                tuple(sorted(events[id] for id in s.events)), events[s.id],
            )
            for s in store.stories(as_of=as_of)
        ),
        "pairs": store.pairs(),
        "found": sorted(e.date or "" for e in store.events(since=DAY - timedelta(days=3), as_of=as_of)),
    }  # fmt: skip


TEXTS = (
    f"{LEAD} {AFTER}",
    f"{LEAD} {AFTER} {LONG}",
    f"{LEAD} {AFTER} {LONG} Fish was bought.",
    f"Rome slept. {LEAD}",
)
PLACES = st.builds(
    place,
    st.sampled_from(TEXTS),
    st.sampled_from([None, 0, 0, 1, 3, 9]),
    st.sampled_from([None, "Post", "Granma", "Times", "Reuters"]),
    st.sampled_from([None, "https://one.example/a", "https://two.example/b"]),
)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_order_in_which_places_are_read_changes_no_figure(data: st.DataObject) -> None:
    places = data.draw(st.lists(PLACES, min_size=2, max_size=9))
    order = data.draw(st.permutations(places))
    cut = data.draw(st.integers(0, len(order)))
    with open_store(":memory:") as one, open_store(":memory:") as other:
        one.add(places, Reader())
        other.add(order[:cut], Reader())
        for document in order[cut:]:
            other.add([document], Reader())
        assert figures(one) == figures(other)
        known = DAY + timedelta(days=data.draw(st.integers(0, 9)))
        assert figures(one, known) == figures(other, known)
        again = one.add(order, Reader())
        assert (again.documents, again.events) == (0, 0), "what is known adds nothing"
        assert figures(one) == figures(other)


def test_the_earliest_place_gives_day_publisher_and_what_yesterday_means() -> None:
    late = place(TEXTS[0], 9, "Times", "https://times.example/9")
    early = place(TEXTS[0], 0, "Post", "https://post.example/1")
    with open_store(":memory:") as store:
        store.add([late], Reader())
        assert store.add([early], Reader()).already == 1
        (kept,) = store.documents()
        assert kept.id == late.id, "evidence names it"
        assert (kept.published, kept.publisher, kept.url) == (DAY, "Post", "https://post.example/1")
        assert store.sightings(kept.id) == [Sighting(late.url, "Times", DAY + timedelta(days=9))]
        assert store.named("https://times.example/9") == store.named("https://post.example/1") == [kept.id]
        assert {e.event: e.date for e in store.events()} == {"CONSULT": "2026-01-07", "ACCUSE": "2026-01-07"}
        assert [s.first_published for s in store.stories()] == [DAY, DAY]
        assert store.stories(as_of=DAY) == store.stories()


def test_an_act_that_is_read_no_longer_leaves_every_figure() -> None:
    """The government of the first publisher is that of Cuba, of the earlier one that of the USA."""
    with open_store(":memory:") as store:
        store.add([place(TEXTS[0], 5, "Granma")], Reader())
        (before,) = store.events(event="ACCUSE")
        assert before.actor_codes == ("CUB",)
        store.add([place(TEXTS[0], 1, "Post")], Reader())
        (after,) = store.events(event="ACCUSE")
        assert after.actor_codes == ("USA",) and [s.actor for s in store.stories(event="ACCUSE")] == [
            ("USA",)
        ]
        assert store.events(ids=[before.id]) == [] and ("CUB", "IRN", 1) not in store.pairs()
        # An earlier place of the first publisher gives the act back, under its own id.
        store.add([place(TEXTS[0], 0, "Granma")], Reader())
        assert [e.id for e in store.events(event="ACCUSE")] == [before.id]


def test_places_of_one_batch_are_all_noted() -> None:
    with open_store(":memory:") as store:
        added = store.add([place(TEXTS[3], n, f"House {n}") for n in (2, 0, 1)], Reader())
        assert (added.documents, added.already) == (1, 2)
        (kept,) = store.documents()
        assert sorted(str(s.publisher) for s in store.sightings(kept.id)) == ["House 1", "House 2"]
        assert kept.publisher == "House 0"


def test_an_agency_that_carried_the_very_text_is_its_source() -> None:
    with open_store(":memory:") as store:
        store.add([place(TEXTS[1], 0, "Post"), place(TEXTS[2], 1, "Times")], Reader())
        (story,) = store.stories(event="CONSULT")
        assert story.publishers == ("Post",)
        store.add([place(TEXTS[1], 2, "Reuters")], Reader())
        (story,) = store.stories(event="CONSULT")
        assert story.publishers == ("Reuters",) and len(story.events) == 2
        assert store.stories(event="CONSULT", as_of=DAY)[0].publishers == ("Post",), "not known that day"


def test_without_a_coder_what_was_coded_stays_and_the_place_is_noted() -> None:
    late, early = place(TEXTS[0], 9, "Times"), place(TEXTS[0], 0, "Post")
    with open_store(":memory:") as store:
        store.add([late], Reader())
        store.add([early])
        (kept,) = store.documents()
        assert kept.published == late.published
        assert store.sightings(kept.id) == [Sighting(None, "Post", DAY)]
        assert [e.date for e in store.events()] == ["2026-01-16"]


def test_acts_that_a_person_gave_keep_their_day_and_follow_the_document() -> None:
    late, early = place(TEXTS[3], 9, "Times"), place(TEXTS[3], 0, "Post")
    with open_store(":memory:") as store:
        store.add([late])
        (coded,) = Reader().code(replace(late, published=None))
        store.add_events([coded])
        store.add([early])
        assert [e.date for e in store.events(until=DAY)] == [None], "searched by the day of publication"
        assert [s.first_published for s in store.stories()] == [DAY]


def test_a_withdrawn_text_stays_withdrawn_wherever_it_comes_again() -> None:
    with open_store(":memory:") as store:
        store.add([place(TEXTS[0], 9, "Times")], Reader())
        (kept,) = store.documents()
        store.retract(kept.id, "made up")
        store.add([place(TEXTS[0], 0, "Post")], Reader())
        assert store.documents() == [] and store.stories() == []
        store.restore(kept.id)
        assert [s.first_published for s in store.stories(event="CONSULT")] == [DAY]
        assert {e.date for e in store.events()} == {"2026-01-07"}


def test_a_coder_that_fails_on_the_earlier_place_leaves_what_was_there() -> None:
    class Failing(Reader):
        def code(self, document: Document) -> list[Event]:
            if document.publisher == "Post":
                raise ValueError("no")
            return super().code(document)

    with open_store(":memory:") as store:
        store.add([place(TEXTS[0], 9, "Times")], Failing())
        before = figures(store)
        added = store.add([place(TEXTS[0], 0, "Post")], Failing())
        assert len(added.failures) == 1 and figures(store) == before


def test_an_undated_act_that_a_person_changed_moves_with_its_article_to_the_earlier_day() -> None:
    hand = Hand("Ana", datetime(2026, 1, 20, tzinfo=UTC))
    with open_store(":memory:") as store:
        store.add([place(AFTER, 9, "Granma")], Undated())
        [event] = store.events()
        store.change(event.id, {"status": "future"}, hand)
        store.add([place(AFTER, 0, "Granma", "https://granma.example/1")], Undated())
        assert [e.status for e in store.events()] == [Status.FUTURE]
        assert store.events(until=DAY) == store.events()


class Undated(Reader):
    """The same coder, which finds no day."""

    def code(self, document: Document) -> list[Event]:
        return [replace(event, date=None, date_reason="no day") for event in super().code(document)]
