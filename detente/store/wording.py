"""The words of a report and how much of them two reports share.

What an act is about tells it from the next act of the same two parties: a place or a name most, then
the things and people in it; the verb hardly, for the type of the act says it already. So words have
weights, and the share of them that two reports have in common is counted in weight.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from detente.records import Event

__all__ = ["NAME", "WINDOW", "Wording", "context", "paragraph", "share", "stem", "wording"]

NAME = 2.0
"""The weight of a name or of a number; other content words weigh 1."""
ACT = 0.3
"""The weight of the trigger and of words that only say that something was done."""
NEARBY = 0.5
"""What a word in common is worth that stands in one of the two reports only around the act."""
THIN = 2.0
"""Evidence with less weight of words than this is read on to the end of its sentence."""
WINDOW = 160
"""So many characters before and after the act count as around it, within its paragraph."""

_COMMON = """
a about after again against ago all also am an and any are as at be because been before being
between both but by can could did do does during each for from further had has have he her here him
his how i if in into is it its itself just may me might more most must my no nor not now of off on
once only or other our out over own said say says she should so some such than that the their them
then there these they this those through to today too under until up upon very was we were what when
where which while who whom why will with would yesterday you your monday tuesday wednesday thursday
friday saturday sunday january february march april june july august september october november
december early late morning evening night week weekend month year day ahead according
"""
_STOP_WORDS = frozenset(_COMMON.split())
# Words that go with every act of a type, or with acts of every type.
_ACTS = """
accord accuse accusation act action adopt agree agreement announce appeal approve ask attack back
ban bar begin blame call carry charge claim come condemn conclude conduct confirm confer consult criticise
criticize decide declare defend deliver demand denounce deny deploy discuss
discussion do expel expulsion fire give
go grant halt have hit hold impose invite issue join launch lift make meet meeting move offer open
plan praise press protest provide pull put receive refuse reject release reopen report request
respond round sanction say seek send set sign speak start state strike struck summon support suspend take
talk tell threat threaten told turn urge visit voice vow warn warning withdraw word
"""
# Groups of words that reporters use for one another; the first stands for all of them.
_ALIKE = """
accord agreement treaty deal pact
aircraft jet warplane plane airplane
ambassador envoy emissary
announce declare
army military
bank lender
blacklist sanction
boat ship vessel tanker trawler
bomb raid airstrike airstrikes
border frontier
boycott embargo
captive detainee prisoner inmate
company firm
crossing checkpoint
drill exercise manoeuvre maneuver wargame
duty tariff levy
expel oust eject
free release liberate
frigate warship destroyer
hacker hack cyberattack
hospital clinic
kidnap abduct
kill die dead death
lorry truck
meet meeting encounter
migrant refugee
missile rocket
money fund grant cash
oil petroleum crude
phone telephone call
police constabulary
premier pm
quake earthquake
reactor nuclear atomic
sailor seaman
soldier troop force
statement communique
strait narrows
student pupil
talk negotiation
tax levy
uav drone
vow pledge
wine vintage
wound injure hurt
"""
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80",
     "ninety": "90"}  # fmt: skip
# Verbs of diplomacy whose forms share no stem.
_IRREGULAR: Mapping[str, str] = {
    "began": "begin",
    "begun": "begin",
    "bought": "buy",
    "broke": "break",
    "broken": "break",
    "fought": "fight",
    "flew": "fly",
    "flown": "fly",
    "gave": "give",
    "given": "give",
    "held": "hold",
    "left": "leave",
    "lent": "lend",
    "met": "meet",
    "sank": "sink",
    "sent": "send",
    "shot": "shoot",
    "sold": "sell",
    "sought": "seek",
    "spoke": "speak",
    "spoken": "speak",
    "stood": "stand",
    "struck": "strike",
    "sunk": "sink",
    "taken": "take",
    "took": "take",
    "withdrawn": "withdraw",
    "withdrew": "withdraw",
}
# Longer ones first, for only the first that fits is taken off.
_LONG_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ied")
_ENDINGS = (*_LONG_ENDINGS, "ers", "er", "ors", "or", "ed", "es", "ly", "al", "s", "e", "y")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SENTENCE_END = re.compile(r"[.!?;](?:\s|$)")
# A meeting face to face and a call are two acts, however alike the words around them.
_REMOTE = frozenset({"phone", "video", "letter"})
_PRESENT = frozenset({"meet", "visit", "host"})


@dataclass(frozen=True, slots=True)
class Wording:
    """Stems of a report's content words with their weights, and of those around it.

    `remote` and `present` say whether it tells of a call or letter, or of people in one place.
    """

    core: Mapping[str, float]
    around: frozenset[str]
    remote: bool
    present: bool

    @property
    def weight(self) -> float:
        """The weight of all the words of the act itself."""
        return sum(self.core.values())


def context(event: Event, text: str) -> tuple[str, str]:
    """The words before and after an event in its document: `WINDOW` characters, in the paragraph.

    >>> from detente.records import Status
    >>> text = "A thaw.\\n\\nThey met in Oslo. Fish was discussed."
    >>> context(Event("d", 9, 25, "They met in Oslo", "CONSULT", (), (), True, Status.ACTUAL, "met",
    ...               14, 1), text)
    ('', '. Fish was discussed.')
    """
    return paragraph(text[max(event.start - WINDOW, 0) : event.start], text[event.end : event.end + WINDOW])


def paragraph(before: str, after: str) -> tuple[str, str]:
    """The text before and after an act, cut where its paragraph begins and ends.

    >>> paragraph("A thaw.\\n\\nOn Friday ", " in Oslo.\\n\\nFish")
    ('On Friday ', ' in Oslo.')
    """
    return before.rpartition("\n\n")[2], after.partition("\n\n")[0]


def wording(event: Event, around: tuple[str, str] = ("", "")) -> Wording:
    """The words of an event's evidence, and those of the text before and after it.

    The parties' own names are left out, for they agree already; a mode (`phone`) counts as a word.
    Evidence that says little ("Iran accused Israel of") is read on to the end of its sentence.
    """
    ours = {
        _bare(word)
        for party in (*event.actor, *event.recipient)
        for name in (party.text, party.name or "")
        for word in _WORD.findall(name.lower())
    }
    before, after = around
    trigger = {stem(w) for w in _WORD.findall(event.trigger.lower())}
    core = _weighed(event.text, trigger, ours, first=True)
    if sum(weight for weight in core.values() if weight > ACT) < THIN:
        core |= _weighed(_SENTENCE_END.split(after, maxsplit=1)[0], trigger, ours)
    for found in trigger - _STOP_WORDS:
        core.setdefault(found, ACT)
    core |= {f"mode:{mode}": 1.0 for mode in event.modes}
    nearby = _weighed(f"{before} {after}", trigger, ours)
    all_of = {*core, *event.modes}
    return Wording(
        core,
        frozenset(word for word, weight in nearby.items() if weight > ACT and word not in core),
        remote=bool(all_of & _remote()),
        present=bool(all_of & _present()),
    )


def _weighed(text: str, trigger: set[str], ours: set[str], *, first: bool = False) -> dict[str, float]:
    """The stems of a text's content words with their weights; `first` where it begins with one."""
    found: dict[str, float] = {}
    for at, bare, root, capital in _tokens(text):
        if bare in ours:
            continue
        named = capital and not (first and at == 0)
        weight = NAME if named or root.isdigit() else 1.0
        if root in trigger or root in _act_stems():
            weight = ACT
        found[root] = max(weight, found.get(root, 0.0))
    return found


# Stories are told anew often, and their reports' words do not change.
@lru_cache(maxsize=20_000)
def _tokens(text: str) -> tuple[tuple[int, str, str, bool], ...]:
    """The content words of a text: where, in lower case, their stem, whether with a capital."""
    found = []
    for match in _WORD.finditer(text):
        bare = _bare(match[0].lower())
        if bare not in _STOP_WORDS:
            found.append((match.start(), bare, stem(bare), match[0][0].isupper()))
    return tuple(found)


def share(one: Wording, other: Wording) -> float:
    """The share of weight, of the report with less of it, that the two have in common; 0 to 1.

    A word that stands in one of them only around the act counts half. 0 where one tells of a call
    and the other of a meeting in one place.
    """
    if (one.remote and other.present and not (one.present or other.remote)) or (
        other.remote and one.present and not (other.present or one.remote)
    ):
        return 0.0
    least = min(one.weight, other.weight)
    if least == 0:
        return 1.0 if one.core == other.core else 0.0
    both = sum(max(weight, other.core[word]) for word, weight in one.core.items() if word in other.core)
    half = sum(w for word, w in one.core.items() if word not in other.core and word in other.around)
    half += sum(w for word, w in other.core.items() if word not in one.core and word in one.around)
    half += len(one.around & other.around)
    return min((both + NEARBY * half) / least, 1.0)


def _bare(word: str) -> str:
    return word.replace("’", "'").partition("'")[0]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending, one for all its like: meeting, meets and encounter are one.

    >>> stem("meeting") == stem("met"), stem("rockets") == stem("missile"), stem("eleven")
    (True, True, '11')
    """
    cut = _cut(word)
    return _heads().get(cut, cut)


def _cut(word: str) -> str:
    word = _bare(word)
    word = _IRREGULAR.get(word, word)
    word = _NUMBERS.get(word, word)
    if word.isdigit():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2]:  # planned, plan
        word = word[:-1]
    return word


@lru_cache(maxsize=1)
def _heads() -> Mapping[str, str]:
    heads: dict[str, str] = {}
    for line in _ALIKE.split("\n"):
        words = [_cut(word) for word in line.split()]
        for word in words:
            heads.setdefault(word, words[0])
    return heads


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(stem(word) for word in words)


@lru_cache(maxsize=1)
def _act_stems() -> frozenset[str]:
    return _stems(_ACTS.split())


@lru_cache(maxsize=1)
def _remote() -> frozenset[str]:
    return _stems(_REMOTE) | _REMOTE


@lru_cache(maxsize=1)
def _present() -> frozenset[str]:
    return _stems(_PRESENT)
