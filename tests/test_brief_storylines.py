"""Every printed line of the briefs of real storylines, taken apart by a reader that shares no code with
the writer or its check: it knows the sentences of a brief by shape and looks each part up in the acts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from detente.api import coder_of, dossier, report_of_dossier
from detente.briefs import Report, article, morning, of_country
from detente.records import Document, Event, Line, Story
from detente.sources.text import make_document
from detente.store import Store, open_store

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
STORYLINES = {
    "storyline_armenia_azerbaijan_2021_22_state": ("ARM", "AZE"),
    "storyline_russia_ukraine_2021_22_both": ("RUS", "UKR"),
    "storyline_us_china_2025_26_wh": ("CHN", "USA"),
    "storyline_us_colombia_2021_26_wh": ("COL", "USA"),
    "storyline_us_cuba_2021_22_state": ("CUB", "USA"),
    "storyline_us_russia_2021_22_wh": ("RUS", "USA"),
}

# The reader's own tables.
_YEAR = "January February March April May June July August September October November December"
MONTHS = dict(zip(_YEAR.split(), range(1, 13), strict=True))
DONE = {
    "made a promise or an offer": "AGREE", "reached an agreement": "AGREE", "spoke by phone": "CONSULT",
    "held talks": "CONSULT", "spoke with": "CONSULT", "spoke in support": "SUPPORT",
    "made a concession": "CONCEDE", "worked together": "COOPERATE", "gave aid": "AID",
    "took back pressure": "RETREAT", "asked something": "REQUEST", "accused": "ACCUSE",
    "criticised": "ACCUSE", "denied a statement": "REJECT", "said no": "REJECT", "threatened": "THREATEN",
    "protested": "PROTEST", "took a punitive measure": "SANCTION", "made a show of force": "MOBILIZE",
    "used coercion": "COERCE", "used force": "ASSAULT",
}  # fmt: skip
TO_DO = {
    "make a promise or an offer": "AGREE", "reach an agreement": "AGREE", "speak by phone": "CONSULT",
    "hold talks": "CONSULT", "speak with": "CONSULT", "speak in support": "SUPPORT",
    "make a concession": "CONCEDE", "work together": "COOPERATE", "give aid": "AID",
    "take back pressure": "RETREAT", "ask something": "REQUEST", "accuse": "ACCUSE", "criticise": "ACCUSE",
    "deny a statement": "REJECT", "say no": "REJECT", "threaten": "THREATEN", "protest": "PROTEST",
    "take a punitive measure": "SANCTION", "make a show of force": "MOBILIZE", "use coercion": "COERCE",
    "use force": "ASSAULT",
}  # fmt: skip
_MONTH = f"(?:{'|'.join(MONTHS)})"
DATE = rf"(?:\d{{1,2}} )?(?:{_MONTH} )?\d{{4}}"
HEAD = re.compile(
    rf"(?P<who>.+?) (?P<verb>(?:plans? to )?(?:{'|'.join(sorted({**DONE, **TO_DO}, key=len, reverse=True))}))"
    r"(?: (?:to|with|of|on|against|towards))?"
    rf"(?: (?P<whom>(?!(?:on|in|between|at) |{_MONTH})[A-Za-z][^\d(“:]*?))?"
    r"(?P<past> at an earlier time)?"
    rf"(?: (?:(?:on|in) (?P<day>{DATE})|between (?P<from>{DATE}) and (?P<to>{DATE})))?"
    rf"(?: \((?:reported|announced) on (?P<reported>{DATE})\))?"
    r"(?:, (?P<speaker>.+?) said)?"
    r"(?:: “(?P<words>[^“”]+)”)?"
    r"(?P<rest>; .+ is on record since| It is reported as a .+| Nothing like it is on record before.+)?"
)


@cache
def names() -> dict[str, str]:
    folder = resources.files("detente") / "data" / "actors" / "countries.csv"
    rows = [r.split(",") for r in folder.read_text(encoding="utf-8").splitlines()]
    head = rows[0]
    found = {r[head.index("name")]: r[head.index("code")] for r in rows[1:]}
    return {
        **found, "United Nations": "UNO", "European Union": "EUR", "an international organisation": "IGO",
        "a non-governmental organisation": "NGO",
    }  # fmt: skip


def codes(text: str | None) -> set[str]:
    """The codes of "Colombia (Gustavo Petro) and the United States"."""
    if not text or text == "each other":
        return set()
    bare = re.sub(r" \([^()]*\)", "", text)
    left, found = bare, set()
    for name in sorted(names(), key=len, reverse=True):
        if name.lower() not in left.lower():
            continue
        pattern = rf"(?<!\w)(?:[Tt]he )?{re.escape(name)}(?!\w)"
        if re.search(pattern, left, re.I if name[0].islower() else 0):
            found.add(names()[name])
            left = re.sub(pattern, " ", left, flags=re.I if name[0].islower() else 0)
    assert not re.search(r"[A-Z]", left.replace("QQQ", "")), f"nobody knows {left.strip()!r}"
    return found


def span(text: str) -> tuple[date, date]:
    parts = text.split()
    year = int(parts[-1])
    if len(parts) == 3:
        day = date(year, MONTHS[parts[1]], int(parts[0]))
        return day, day
    if len(parts) == 2:
        month = MONTHS[parts[0]]
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    return date(year, 1, 1), date(year, 12, 31)


def iso(text: str) -> tuple[date, date]:
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 3:
        return date(*parts), date(*parts)
    if len(parts) == 2:
        return date(parts[0], parts[1], 1), date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
    return date(parts[0], 1, 1), date(parts[0], 12, 31)


def squeeze(text: str) -> str:
    return re.sub(r"[^0-9a-zà-ÿ]+", " ", text.lower()).strip()


class Reader:
    """Says what is wrong with a line; `record` is all that the store or text holds, by act id."""

    def __init__(
        self,
        record: dict[str, Event],
        documents: dict[str, Document],
        report: Report,
        stories: Sequence[Story] | None = None,
    ) -> None:
        self.record = record
        self.documents = documents
        self.report = report
        self.stories = stories

    def published(self, event: Event) -> date:
        day = self.documents[event.document].published
        assert day is not None
        return day

    def wrong(self, line: Line) -> str | None:
        """What is wrong with it; None where nothing is found."""
        shapes: list[tuple[str, Callable[[Line, re.Match[str]], str | None]]] = [
            (r"The record holds nothing (?:on|published on) .+\.", lambda x, m: "acts" if x.events else None),
            (r"No turn of this pair is known\.", lambda x, m: None),
            (r"The relation between (.+) and (.+) turned to (a thaw|an escalation) on .+", self.turn),
            (rf"On ({DATE}) the level stood at (.+)\.", self.level),
            (r"(?:The outlook for|There is no outlook for) .+", self.outlook),
            (
                r"Still open(?: between .+)?: ([\w ]+), (?:reported as open in|the last) .*?“(.+)”\.",
                self.open,
            ),
            (r"(\d+) (?:more )?(act|report|statement)s? .+\.", self.count),
            (rf"The latest report in the record on (.+) is of ({DATE})\.", self.latest),
            (rf"No act between (.+) and (.+) is on record between ({DATE}) and ({DATE})\.", self.gap),
            (r"Due (?P<when>[^:]+): (?P<act>.+)", self.due),
        ]  # fmt: skip
        for pattern, look in shapes:
            found = re.fullmatch(pattern, line.text)
            if found:
                return look(line, found)
        return self.acts(line)

    def acts(self, line: Line) -> str | None:
        """One or more sentences, each of which one act of the evidence must bear as a whole."""
        if not line.events:
            return "no evidence"
        masked = re.sub(r"“[^“”]*”", lambda m: "“" + "_" * (len(m[0]) - 2) + "”", line.text)
        cuts = [m.end() for m in re.finditer(r"\.(?= (?:Then |[A-Z])|$)", masked)]
        pieces = [line.text[a:b].strip() for a, b in zip([0, *cuts], cuts, strict=False)]
        merged: list[str] = []
        for piece in pieces:
            # Initials end in full stops as sentences do.
            if merged and (len(merged[-1]) < 4 or re.search(r"\b[A-Z]\.$", merged[-1].split(":")[0])):
                merged[-1] += f" {piece}"
            else:
                merged.append(piece)
        before: Event | None = None
        for piece in merged:
            later = piece.startswith("Then ")
            told = piece.removeprefix("Then ").removesuffix(".")
            if re.fullmatch(
                r"(?:It is reported as a (?:first|reversal)|Nothing like it is on record before): “.+”", told
            ):
                words = squeeze(told.partition("“")[2].rstrip("”").removesuffix("…"))
                if not any(
                    words in squeeze(self.documents[self.record[i].document].text) for i in line.events
                ):
                    return f"words not in the document: {words}"
                continue
            reasons = [self.act(told, self.record[i]) for i in line.events]
            if None not in reasons:
                return f"{told} :: {reasons[0]}"
            event = self.record[line.events[reasons.index(None)]]
            if later and before is not None:
                first = iso(before.date)[0] if before.date else self.published(before)
                last = iso(event.date_end or event.date)[1] if event.date else self.published(event)
                if last < first:
                    return "told as later and was earlier"
            before = event
        return None

    def act(self, told: str, event: Event) -> str | None:
        found = HEAD.fullmatch(told)
        if found is None:
            return "a sentence of no known shape"
        verb = found["verb"]
        planned = bool(re.match(r"plans? to ", verb))
        bare = re.sub(r"^plans? to ", "", verb)
        kind = (TO_DO if planned else DONE).get(bare)
        kinds = {kind, "CONSULT", "AGREE"} if planned and kind in ("CONSULT", "AGREE") else {kind}
        if event.event not in kinds:
            return f"type {kind}, not {event.event}"
        if planned != (event.status.value == "future"):
            return f"told as {'planned' if planned else 'done'}, but it is {event.status.value}"
        if event.status.value not in ("actual", "historical", "future"):
            return f"told as done, but it is {event.status.value}"
        if event.voice.value == "commentary":
            return "commentary told as fact"
        doers, others = codes(found["who"]), codes(found["whom"])
        acting, facing = set(event.actor_codes), set(event.recipient_codes)
        if event.symmetric or not facing:
            acting = facing = acting | facing
        if not doers or not doers <= acting or not others <= facing:
            return f"{doers} to {others}, but it is {event.actor_codes} to {event.recipient_codes}"
        for person in re.findall(r"\(([^()]*)\)", found["who"]):
            if person not in {p.name for p in (*event.actor, *event.recipient)}:
                return f"{person} is not among its parties"
        return self.when(found, event, planned) or self.who(found, event)

    def when(self, found: re.Match[str], event: Event, planned: bool) -> str | None:
        if found["reported"] and span(found["reported"])[0] != self.published(event):
            return "reported on another day"
        told = found["day"] or found["from"]
        if told:
            if event.date is None:
                return "a day where none is known"
            ends = {iso(event.date)[0], iso(event.date_end or event.date)[1]}
            mine = {span(told)[0], span(found["to"] or told)[1]}
            if mine != ends:
                return f"another day: {told}"
            if not planned and iso(event.date)[0] > self.published(event):
                return "done after its report"
        elif not found["reported"]:
            return None if planned else "neither a day nor a report's day"
        elif event.status.value == "historical" and not found["past"]:
            return "history told as news"
        return None

    def who(self, found: re.Match[str], event: Event) -> str | None:
        if found["speaker"] and found["speaker"] != event.speaker:
            return f"{found['speaker']} does not say it"
        quiet = {"i", "we", "he", "she", "they", "it", "you"}
        named = event.speaker if event.voice.value == "speaker" else None
        if named and named.lower() not in quiet and named.split()[-1] not in found[0].split("“")[0]:
            return "who says it is not told"
        if found["words"]:
            text = self.documents[event.document].text
            near = text[max(0, event.start - 400) : event.end + 400]
            if squeeze(found["words"].removesuffix("…")) not in squeeze(near):
                return "words that do not stand beside it"
        if found["rest"]:
            return self.silence(found["rest"], event)
        return None

    def silence(self, rest: str, act: Event) -> str | None:
        one, other = set(act.actor_codes), set(act.recipient_codes)
        start = self.published(act) if act.status.value == "future" else (
            iso(act.date)[0] if act.date else self.published(act))  # fmt: skip
        for event in self.record.values():
            last = iso(event.date_end or event.date)[1] if event.date else self.published(event)
            if event.id == act.id or last < start or event.voice.value == "commentary":
                continue
            a, r = set(event.actor_codes), set(event.recipient_codes)
            real = event.status.value in ("actual", "historical")
            if "use of force" in rest:
                hard = event.event in ("SANCTION", "MOBILIZE", "COERCE", "ASSAULT")
                if real and hard and a & one and r & other:
                    return f"it was followed by {event.text!r}"
            elif "no answer" in rest:
                if (one | other) <= (a | r) and (event.symmetric or (a & other and r & one)):
                    return f"it was answered by {event.text!r}"
            elif real and event.event == act.event and (one | other) <= (a | r):
                return f"it was followed by {event.text!r}"
        return None

    def due(self, line: Line, found: re.Match[str]) -> str | None:
        told = found["act"].removesuffix(".")
        told = told[0].upper() + told[1:]
        [event] = [self.record[i] for i in line.events]
        head, sep, tail = told.partition(" (announced on ")
        return self.act(f"{head} {found['when']}{sep}{tail}", event)

    def turn(self, line: Line, found: re.Match[str]) -> str | None:
        pair = codes(found[1]) | codes(found[2])
        count = re.search(r"; (\d+) acts? made it", line.text)
        if count and int(count[1]) != len(set(line.events)):
            return "another number of acts made it"
        odd = [
            i
            for i in line.events
            if not pair <= {*self.record[i].actor_codes, *self.record[i].recipient_codes}
        ]
        return f"{odd[0]} is no act of theirs" if odd else None

    def level(self, line: Line, found: re.Match[str]) -> str | None:
        """The numbers of the line are those that the relations room gives for that day."""
        from detente.relations.series import acts, levels

        day = span(found[1])[0]
        pair = self.report.pair
        published = {i: d.published for i, d in self.documents.items()}
        counted = acts(list(self.record.values()), published, pair, self.report.as_of, self.stories)
        known = [x for x in levels(counted, start=counted[0].day, end=day, as_of=day) if x.day == day]
        if not known:
            return "no level is known of that day"
        x = known[0]
        right = (
            x.hostile,
            x.hostile_low,
            x.hostile_high,
            x.cooperative,
            x.cooperative_low,
            x.cooperative_high,
        )
        said = re.findall(r"\d+\.\d", found[2])
        return None if said == [f"{v:.1f}" for v in right] else f"the level is {right}"

    def outlook(self, line: Line, found: re.Match[str]) -> str | None:
        """The figures, or the reason of the abstention, are those of the relations room."""
        from detente.relations.outlook import outlook

        published = {i: d.published for i, d in self.documents.items()}
        made = outlook(
            list(self.record.values()), self.report.pair, asked_on=self.report.as_of, published=published,
            stories=self.stories,
        )  # fmt: skip
        if made.probability is None:
            return None if line.text.endswith(f": {made.reason}.") else f"it abstains: {made.reason}"
        wanted = [made.probability, made.low, made.high, made.like_base_rate, made.own_base_rate]
        said = re.findall(r"(\d+) per cent", line.text)
        return None if said == [str(round(100 * v)) for v in wanted if v is not None] else f"it is {wanted}"

    def open(self, line: Line, found: re.Match[str]) -> str | None:
        words = squeeze(found[2].removesuffix("…"))
        texts = [squeeze(self.documents[self.record[i].document].text) for i in line.events]
        return None if any(words in t for t in texts) else f"words in no document: {words}"

    def count(self, line: Line, found: re.Match[str]) -> str | None:
        if int(found[1]) != len(set(line.events)):
            return f"{found[1]}, but there are {len(set(line.events))}"
        acts = [self.record[i] for i in line.events]
        if "commentary" in line.text and any(e.voice.value != "commentary" for e in acts):
            return "not all is commentary"
        if "without a date" in line.text and any(e.date for e in acts):
            return "not all is undated"
        return None

    def latest(self, line: Line, found: re.Match[str]) -> str | None:
        whose = codes(found[1])
        days = [
            self.published(e) for e in self.record.values() if whose <= {*e.actor_codes, *e.recipient_codes}
        ]
        return None if span(found[2])[0] == max(days) else "there is a later report"

    def gap(self, line: Line, found: re.Match[str]) -> str | None:
        whose = codes(found[1]) | codes(found[2])
        low, high = span(found[3])[0], span(found[4])[1]
        for event in self.record.values():
            if event.status.value != "actual" or event.voice.value == "commentary":
                continue
            if not whose <= {*event.actor_codes, *event.recipient_codes}:
                continue
            first = iso(event.date)[0] if event.date else self.published(event)
            last = min(iso(event.date_end or event.date)[1] if event.date else first, self.published(event))
            if low < first <= last < high:
                return f"an act lies in it: {event.text!r}"
        return None


def wrong_lines(
    report: Report,
    record: Iterable[Event],
    documents: Iterable[Document],
    stories: Sequence[Story] | None = None,
) -> list[str]:
    reader = Reader({e.id: e for e in record}, {d.id: d for d in documents}, report, stories)
    return [f"{x.text} :: {why}" for x in report.lines if (why := reader.wrong(x)) is not None]


def demo() -> list[Document]:
    from detente.cli.demo import storyline

    return storyline()


def storyline(name: str) -> list[Document]:
    rows = [json.loads(p.read_text(encoding="utf-8")) for p in sorted((CORPUS / name).glob("*.json"))]
    return [
        make_document(r["text"], **{k: r[k] for k in ("title", "published", "publisher", "url")})
        for r in rows
    ]


Briefed = tuple[Report, list[Event], list[Document], Sequence[Story] | None]


def pair_brief(store: Store, pair: tuple[str, str], days: int = 400) -> Briefed:
    known = dossier(store, pair)
    texts = list(known.documents.values())
    return report_of_dossier(known, days), list(known.events), texts, known.stories


@pytest.fixture(scope="module")
def told() -> Iterable[Store]:
    with open_store(":memory:") as store:
        store.add(demo(), coder_of("auto"))
        yield store


@pytest.mark.parametrize("days", [3, 30, 400])
def test_every_line_of_the_demo_brief_is_borne_by_its_acts(told: Store, days: int) -> None:
    report, *known = pair_brief(told, ("COL", "USA"), days)
    assert wrong_lines(report, *known) == []
    assert len(report.lines) >= 12


def test_so_is_every_line_of_a_country_a_day_and_an_article(told: Store) -> None:
    everything, documents = told.events(), told.documents()
    days = sorted({d.published for d in documents if d.published})
    made = [of_country(told, "COL", as_of=days[-1], days=400), *(morning(told, d) for d in days)]
    made += [article(d, told.events(document=d.id)) for d in documents]
    for report in made:
        known = [d.id for d in documents if d.published and d.published <= report.as_of]
        texts = {e.document for e in everything} & (
            set(known) if report.scope != "article" else set(report.documents)
        )
        record = [e for e in everything if e.document in texts]
        assert wrong_lines(report, record, documents) == [], report.title
    assert sum(len(r.lines) for r in made) > 100


def test_the_reader_sees_what_is_changed_in_a_line(told: Store) -> None:
    report, record, documents, _ = pair_brief(told, ("COL", "USA"))
    reader = Reader({e.id: e for e in record}, {d.id: d for d in documents}, report)
    acts = [x for x in report.lines if x.section in ("What happened", "Who says what", "What is planned")]
    swap = {"the United States": "Colombia", "The United States": "Colombia", "Colombia": "the United States"}

    def swapped(text: str) -> str:
        head, colon, rest = text.partition(": “")
        return re.sub("|".join(swap), lambda m: swap[m[0]], head) + colon + rest

    changes: list[Callable[[str], str]] = [
        lambda t: re.sub(r"\b20(\d\d)\b", lambda m: f"19{m[1]}", t, count=1),
        lambda t: re.sub(r" (threatened|accused|criticised) ", " praised ", t),
        lambda t: re.sub(r": “\w+", ": “Nobody", t),
        lambda t: re.sub(r"^(The United States|Colombia)(?: \([^)]*\))? (threatened|accused|criticised) .*",
                         lambda m: swapped(m[0]), t),
        lambda t: re.sub(r"plans? to hold talks", "held talks", t),
        lambda t: re.sub(r", [A-Z][\w ]+ said:", ", Marco Rubio said:", t),
        lambda t: re.sub(r"\((Gustavo Petro|Donald Trump)\)", "(Nicolás Maduro)", t),
    ]  # fmt: skip
    for change in changes:
        changed = [replace(x, text=change(x.text)) for x in acts if change(x.text) != x.text]
        assert changed
        assert all(reader.wrong(x) is not None for x in changed), [
            x.text for x in changed if not reader.wrong(x)
        ]


@pytest.mark.skipif(not CORPUS.exists(), reason="../shared is not here")
@pytest.mark.parametrize(("name", "pair"), STORYLINES.items(), ids=list(STORYLINES))
def test_every_line_of_a_real_storyline_is_borne_by_its_acts(name: str, pair: tuple[str, str]) -> None:
    documents = storyline(name)
    with open_store(":memory:") as store:
        store.add(documents, coder_of("auto"))
        for days in (60, 400):
            report, *known = pair_brief(store, pair, days)
            assert wrong_lines(report, *known) == []
            assert len(report.lines) >= 4
            assert len(report.dropped) <= 1
