"""The views of `detente explain`: a list of sentences, and one sentence with all that was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from detente.cli.output import line
from detente.cli.tables import grid, heading, kind, parties, side_style, trim, when

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text
    from rich.tree import Tree as Lines

    from detente.coding.explanations import (
        Chance,
        Explanation,
        Frame,
        Judged,
        Offer,
        Predicate,
        Row,
        Rules,
        Sentence,
    )
    from detente.records import Party

__all__ = ["list_view", "sentence_view"]

_DIM = "dim"
_BEST = 3  # types shown beside NONE
_LIST_WORDS = 240
_NEED_WORDS = 3

# What the parser's labels mean, for people who do not know them.
_LABELS = {
    "ROOT": "main",
    "acl": "clause on noun",
    "acomp": "complement",
    "advcl": "adverbial clause",
    "advmod": "adverb",
    "agent": "agent",
    "amod": "adjective",
    "appos": "apposition",
    "attr": "complement",
    "ccomp": "content clause",
    "conj": "joined",
    "csubj": "subject clause",
    "dative": "to whom",
    "dep": "loose",
    "dobj": "object",
    "mark": "conjunction",
    "nmod": "modifier",
    "npadvmod": "adverbial",
    "nsubj": "subject",
    "nsubjpass": "passive subject",
    "oprd": "name given",
    "parataxis": "beside",
    "pcomp": "clause",
    "pobj": "of it",
    "poss": "owner",
    "prep": "preposition",
    "relcl": "relative clause",
    "xcomp": "open clause",
}
# Dependents that stand in their head's line where nothing hangs on them.
_FOLDED = frozenset(
    "amod aux auxpass case compound det mark neg nummod poss preconj predet prt advmod nmod expl".split()
)
_SILENT = frozenset({"punct", "cc", "intj", "meta"})
_FOUND = {
    "acted": "acts in the act before",
    "before": "earlier sentences",
    "main0": "named most",
    "main1": "named second most",
    "near": "sentence before",
    "received": "acted on in the act before",
    "rules": "rules",
    "sentence": "sentence",
    "speaker": "speaker",
    "told": "a like act before",
}


def list_view(found: Explanation) -> Iterator[RenderableType]:
    """All sentences: number, events, text, and why one was not parsed."""
    from rich.text import Text

    table = grid("no.", "events", "words", right=(0, 1))
    for one in found.sentences:
        words = Text(trim(one.text, _LIST_WORDS))
        for event in (p.event for p in one.predicates):
            if event is not None:
                words.append(f"\n{kind(event)} {parties(event)}", style=side_style(event.quad))
        if one.why_not is not None:
            words.stylize(_DIM)
            words.append(f"\nnot parsed: {one.why_not}", style="italic")
        table.add_row(str(one.number), str(one.events) if one.parsed else "–", words)
    yield table
    events = sum(s.events for s in found.sentences)
    yield Text(
        f"\n{_count(events, 'event')} in {_count(len(found.sentences), 'sentence')};"
        f" coder {line(found.coder)}",
        style=_DIM,
    )


def sentence_view(found: Explanation, one: Sentence) -> Iterator[RenderableType]:
    """One sentence: its words, names, tree, speakers, and every predicate that was looked at."""
    from rich.text import Text

    yield heading(
        f"Sentence {one.number} of {len(found.sentences)}: {_count(one.events, 'event')}"
        f" by {line(found.coder)}"
    )
    yield Text(line(one.text))
    if one.why_not is not None:
        yield Text(f"not parsed: {one.why_not}", style="italic")
    yield from _names(one)
    if one.words:
        yield heading("Tree")
        yield from _tree(one)
    if one.unread is not None:
        yield Text("the sentence is too long: the parser read only the words above", style="italic")
    yield from _speech(one)
    if one.parsed:
        yield heading("Words that may report an act")
        if not one.predicates:
            yield Text("none")
    for predicate in one.predicates:
        yield from _predicate(predicate)


# --- names, tree, speech -------------------------------------------------------------------------


def _names(one: Sentence) -> Iterator[RenderableType]:
    if not one.mentions and not one.standing:
        return
    from rich.text import Text

    yield heading("Names and what stands for them")
    table = grid("word", "party", "kind", "resolved")
    rows: list[tuple[int, tuple[str, ...]]] = []
    for m in one.mentions:
        told = f"{m.how}: {m.name}" if m.name and m.name != m.text else m.how
        rows.append((m.start, (m.text, _code(m.code, m.sector), m.kind.replace("_", " "), told)))
    for p in one.standing:
        rows.append((p.start or 0, (p.text, _code(p.code, p.sector), p.how, p.name or "stands for it")))
    for _, row in sorted(rows):
        table.add_row(*(Text(line(cell)) for cell in row))
    yield table


def _code(code: str, sector: str | None) -> str:
    return f"{code} {sector}" if sector else code


def _tree(one: Sentence) -> Iterator[Lines]:
    from rich.tree import Tree as Lines

    kids: dict[int, list[int]] = {}
    roots = []
    for i, word in enumerate(one.words):
        if word.head == i:
            roots.append(i)
        else:
            kids.setdefault(word.head, []).append(i)

    def bare(i: int) -> bool:
        """Whether a token stands in its head's line."""
        word, head = one.words[i], one.words[one.words[i].head]
        if (word.start, word.end) == (head.start, head.end):
            return True
        return word.dep in _FOLDED and all(bare(k) or one.words[k].dep in _SILENT for k in kids.get(i, ()))

    def below(i: int) -> list[int]:
        own = [k for k in kids.get(i, ()) if one.words[k].dep not in _SILENT]
        return [d for k in own for d in ([k, *below(k)] if bare(k) else [])]

    def add(tree: Lines, i: int, label: str | None = None, before: Sequence[int] = ()) -> None:
        group = sorted({i, *before, *below(i)})
        open_kids = [
            k for g in group for k in kids.get(g, ()) if k not in group and one.words[k].dep not in _SILENT
        ]
        name = label or _LABELS.get(one.words[i].dep, one.words[i].dep)
        if one.words[i].dep in ("prep", "agent", "dative") and len(open_kids) == 1:
            (k,) = open_kids
            if one.words[k].dep in ("pobj", "pcomp"):
                add(tree, k, name, group)  # "with France" is one line
                return
        branch = tree.add(_phrase(one, name, i, group), guide_style=_DIM)
        for k in sorted(open_kids):
            add(branch, k)

    for root in roots:
        top = Lines("", hide_root=True, guide_style=_DIM)
        if one.words[root].dep not in _SILENT:
            add(top, root)
            yield top


def _phrase(one: Sentence, label: str, head: int, group: Sequence[int]) -> Text:
    """A line of the tree: what the words are, then the words with the head in bold and its party."""
    from rich.text import Text

    text = Text()
    text.append(f"{label}: ", style=_DIM)
    last = None
    for i in group:
        word = one.words[i]
        if last is not None:
            before = one.words[last]
            if (before.start, before.end) == (word.start, word.end):
                continue
            text.append("" if before.end == word.start else " ")
        same = (word.start, word.end) == (one.words[head].start, one.words[head].end)
        text.append(line(word.text), style="bold" if same else "")
        last = i
    codes = dict.fromkeys(c for i in group if (c := one.words[i].code) is not None)
    if codes:
        text.append(f" [{' '.join(codes)}]", style=_DIM)
    return text


def _speech(one: Sentence) -> Iterator[RenderableType]:
    frames = one.frames
    if not one.quotes and not frames:
        return
    from rich.text import Text

    yield heading("Quotations and who says so")
    for quote in one.quotes:
        cue = f" ({line(quote.cue)})" if quote.cue else ""
        who = line(quote.speaker) if quote.speaker else "the text does not tell who"
        yield Text(f"{quote.kind}, {who}{cue}: {trim(quote.text)}")
    for frame in frames:
        yield Text(f"{_frame(frame)}")


def _frame(frame: Frame) -> str:
    who = line(frame.speaker) if frame.speaker else "nobody named"
    code = f" [{frame.code}]" if frame.code else ""
    word = f" ({line(frame.word)})" if frame.word else ""
    return f"{frame.voice} {who}{code}: {frame.rule}{word}"


# --- predicates ----------------------------------------------------------------------------------


def _predicate(one: Predicate) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    head = Text("\n")
    event = one.event
    if event is not None:
        head.append(f"● {line(one.word)}", style="bold")
        head.append(" ")
        head.append(f"→ {kind(event)}", style=f"bold {side_style(event.quad)}")
        head.append(f"  {parties(event)}")
    else:
        head.append(f"○ {line(one.word)}", style="bold")
        head.append(": no event, ")
        head.append(line(one.why_not), style="italic")
    yield head
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style=_DIM, no_wrap=True, width=10)
    table.add_column(ratio=1)
    table.expand = True
    for label, value in _lines(one):
        table.add_row(label, Text(value) if isinstance(value, str) else value)
    if table.row_count:
        yield Padding(table, (0, 0, 0, 2))


def _lines(one: Predicate) -> Iterator[tuple[str, RenderableType]]:
    event = one.event
    if event is not None:
        yield "words", line(event.text)
    if one.row is not None:
        yield "row", _row(one.row)
    elif one.rules is not None:
        yield "row", "none fits"
    if one.rules is not None:
        yield "rules", _rules(one.rules)
    if one.chances:
        yield "model", _types(one)
    if one.offers:
        yield "parties", _offers(one.offers)
    if one.status is not None:
        yield "status", _judged(one.status)
    if one.voice is not None:
        who = f" ({line(event.speaker)})" if event is not None and event.speaker else ""
        yield "voice", _judged(one.voice, who)
    if one.date is not None and event is not None:
        words = f' from "{line(one.date.words)}"' if one.date.words else ""
        reason = f"; {line(one.date.reason)}" if event.date is None and one.date.words else ""
        yield "date", f"{when(event)}{words}: {one.date.how}{reason}"
    if one.confidence is not None:
        bound = f"; an act is told from {_percent(one.bound)} on" if one.bound is not None else ""
        yield "confidence", f"{_percent(one.confidence)}{bound}"
    elif event is not None:
        yield "confidence", "none: the rules do not weigh"


def _row(row: Row) -> str:
    needs = f" with {'; '.join(_need(n) for n in row.needs.split('; '))}" if row.needs else ""
    event = f"{row.event} ({row.mode})" if row.mode else row.event
    together = ", together" if row.symmetric else ""
    where = row.table or "no table: made of the words beside it"
    return (
        f"{line(row.trigger)}{needs} → {event}{together}; actor {' '.join(row.actor)},"
        f" recipient {' '.join(row.recipient) or 'none'}; strength {row.strength} ({where})"
    )


def _need(need: str) -> str:
    """One requirement of a row, a long list of words cut short.

    >>> _need("obj:deal|pact|treaty|truce|peace")
    'obj:deal|pact|treaty|… (5 words)'
    """
    head, _, words = line(need).rpartition(":")
    listed = words.split("|")
    if len(listed) <= _NEED_WORDS + 1:
        return line(need)
    return f"{head}:{'|'.join(listed[:_NEED_WORDS])}|… ({len(listed)} words)"


def _rules(rules: Rules) -> str:
    found = []
    if rules.actor or rules.recipient:
        arrow = "↔" if rules.symmetric else "→"
        sides = (
            _sides(rules.actor)
            if rules.symmetric
            else f"{_sides(rules.actor)} {arrow} {_sides(rules.recipient)}"
        )
        found.append(f"{rules.event} {sides}" if rules.event else sides)
    if rules.missing:
        found.append(rules.missing)
    if rules.purpose:
        found.append("a purpose")
    if rules.standing:
        found.append("standing")
    if rules.inside is not None:
        found.append(f"inside {line(rules.inside)!r}")
    found.append("kept" if rules.kept else "not kept")
    return "; ".join(found)


def _sides(found: Iterable[Party]) -> str:
    """Parties with the words that stand for them where those say how the party was found."""
    told = []
    for one in found:
        how = "" if one.how in ("gazetteer", "learned") else f" ({one.how})"
        told.append(f"{one.code}{how}")
    return "+".join(told) or "?"


def _types(one: Predicate) -> str:
    none = next((c for c in one.chances if c.name == "NONE"), None)
    best = [c for c in one.chances if c.name != "NONE"][:_BEST]
    told = _chances(best)
    if none is not None:
        told += f"; NONE {_percent(none.value)}"
    if one.needed is not None:
        told += f" (an act needs {_percent(one.needed)})"
    return told


def _chances(found: Iterable[Chance]) -> str:
    return ", ".join(f"{c.name} {_percent(c.value)}" for c in found)


def _percent(value: float | None) -> str:
    """A chance in per cent; a small one is never shown as none, nor a large one as certainty.

    >>> _percent(0.999), _percent(0.001), _percent(0.5)
    ('>99%', '<1%', '50%')
    """
    if value is None:
        return "?"
    if 0 < value < 0.005:
        return "<1%"
    return ">99%" if 0.995 < value < 1 else f"{value:.0%}"


def _offers(offers: Sequence[Offer]) -> Text:
    """Candidates with their chances, the most likely party first; below each where it was found.

    Set by hand, for a column of words beside the chances is too narrow on a terminal of 80 columns.
    """
    from rich.text import Text

    shown = Text().append("party  put as     actor  recipient   both  neither", style=_DIM)
    for one in sorted(offers, key=lambda o: o.none):
        actor, recipient, both, none = map(_percent, (one.actor, one.recipient, one.both, one.none))
        found = ", ".join(_FOUND.get(s, s) for s in one.sources)
        shown.append(
            f"\n{one.party.code:<5}  {one.side or '–':<9}  {actor:>5}  {recipient:>9}  {both:>5}  {none:>7}",
            style="" if one.side else _DIM,
        )
        shown.append(f"\n  {trim(one.party.text, 30)}: {found}", style=_DIM)
    return shown


def _judged(one: Judged, who: str = "") -> str:
    word = f" ({line(one.word)})" if one.word else ""
    if not one.chances and one.value == one.rules:
        told = f"{one.value}{who}: {one.rule}{word}"
    else:
        told = f"{one.value}{who}; rules: {one.rules}, {one.rule}{word}"
        shown = [c for c in one.chances if c.value >= 0.005] or one.chances[:1]
        favour = f" (the rules' own counts {one.weight:g} times)" if one.weight else ""
        told += f"; model: {_chances(shown)}{favour}"
    return f"{told}; {one.note}" if one.note else told


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
