"""Closed word classes of English that the rules for speech look up, each for one purpose."""

from __future__ import annotations

__all__ = [
    "ADVERBS",
    "AUXILIARIES",
    "CARRIERS",
    "CIRCUMSTANCE",
    "CONJUNCTIONS",
    "CONTENT_NOUNS",
    "DAYS",
    "DETERMINERS",
    "DOCUMENTS",
    "FINITE",
    "INSIDE",
    "IRREGULAR",
    "LEADERS",
    "NEGATORS",
    "NOT_PAST",
    "NOUN_TOO",
    "OBJECTS",
    "PARTICLES",
    "PERSONS",
    "PREPOSITIONS",
    "PRONOUNS",
    "ROLES",
    "TITLES",
    "TITLE_SMALL",
    "TOPIC",
    "WHEN",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Pronouns that are never a subject.
OBJECTS = _words("him her them")
# Stand for a speaker named before.
PRONOUNS = _words("he she it they him her them i we you")
DETERMINERS = _words(
    "the a an this that these those his her its their our my your one two three four five six "
    "several some many most both all no each every another any few"
)
# May stand between a subject and its verb.
AUXILIARIES = _words("has have had was were is are be been being as quoted cited also did do does not")
# May stand between a subject and its verb.
ADVERBS = _words(
    "later then again once also still now even never often first earlier afterwards afterward "
    "today yesterday recently once always already in person himself herself themselves flatly "
    "too"
)
# Days and months, as they stand before or after a verb.
DAYS = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april "
    "may june july august september october november december jan. feb. aug. sept. oct. nov. "
    "dec."
)
CONJUNCTIONS = _words(
    "and or but nor while as that because if when who whom which whose where after before "
    "since until although though than so whether unless how what why like"
)
PREPOSITIONS = _words(
    "in on at during after before from for with by since until despite to under over amid "
    "through against about into between among following outside inside across near"
)
# Prepositions that a noun phrase may hold.
INSIDE = _words("of for from with in at to")
# Stand before a subject and are no part of it.
LEADERS = _words(
    "but and meanwhile later then still yet so also however earlier now afterwards yesterday "
    "today when while if as because although though that whether"
)
# Before a word of saying: nothing was said.
NEGATORS = _words(
    "to not never would could might should must may can cannot will shall didn't didn’t "
    "doesn't doesn’t don't don’t won't won’t wouldn't wouldn’t couldn't refuses refused"
)
# Forms of cues that are nouns or adjectives as often as verbs.
NOUN_TOO = _words(
    "claims claim reports report states notes note post posts comment comments demand demands "
    "question questions calls call order orders offer offers threat reply answer answers "
    "estimate estimates hope hopes fear fears protest protests promise promises pledge "
    "pledges vow praise regret rule rules blame blast counter counters appeal appeals plead "
    "cry cries label brand condition welcome say saying warning saw fire fires hit hits shot "
    "shots read reads find finds state stress joke jokes remark remarks hint hints insult dub"
)
# Stand before a name and are left out of it.
TITLES = _words(
    "president prime minister ministers foreign defence defense interior finance deputy vice "
    "secretary general gen. col. lt. maj. adm. capt. sgt. sen. rep. gov. dr. prof. rev. mr "
    "mr. mrs mrs. ms ms. sir lord lady chancellor premier king queen prince princess "
    "ambassador senator governor colonel admiral major captain commander congressman "
    "congresswoman envoy spokesman spokeswoman spokesperson analyst professor director chief "
    "chairman chairwoman speaker justice judge mayor representative undersecretary assistant "
    "state supreme leader sheikh ayatollah emir marshal brigadier lieutenant treasury "
    "secretary-general economy trade former then acting interim"
)
# Texts that somebody stands behind.
DOCUMENTS = _words(
    "statement tweet tweets post posts report letter release message note communique "
    "communiqué memo remarks comments press interview video"
)
# Small words inside a name.
PARTICLES = _words("de del da du van von bin ibn al el la der den dos das di bint")
# Finite verbs that do not end in -ed.
IRREGULAR = _words(
    "met went spoke came left took tore saw fell held won lost made gave sent put began rose "
    "kept ran stood sat flew hit led drew grew threw sought fought brought built bought cut "
    "shut paid sold set broke chose drove rode shook struck swore wore is are was were has "
    "had have did does do will would could can may might must should shall says said wants "
    "needs plans meets visits knew heard lay hid froze swept spread slept spent taught "
    "thought meant dealt felt dug hung lent lit sank stole stuck understood withdrew forgot "
    "forgave overthrew undertook hurt cost became ate bore bled foresaw overcame quit rid"
)
# End in -ed and are no verbs.
NOT_PAST = _words("united armed unnamed interested hundred red deed need seed united feed speed breed")
FINITE = _words(
    "is are was were has have had will would can could may might must should shall did does do 'd"
)
# Carry words without speaking them.
CARRIERS = _words(
    "website site sign banner text line headline poster placard paper page plaque answer "
    "reply response message"
)
# Open a phrase of time, place or manner.
CIRCUMSTANCE = _words("on in at during after before from by through with to")
# "Responding to reports that …" is about somebody else's words.
CONTENT_NOUNS = _words(
    "fact facts report reports claim claims idea principle allegation allegations charge "
    "charges news notion possibility view belief hope fear concern concerns suggestion "
    "rumours rumors"
)
TOPIC = _words("about of to on in during after at")
WHEN = _words("yesterday today later earlier also again this")
TITLE_SMALL = _words("from with into over upon that their this under")
# Titles in the labels of a transcript.
ROLES = _words(
    "the mr mrs ms dr president vice secretary minister prime foreign senator general "
    "ambassador chairman chair speaker representative spokesperson spokesman spokeswoman "
    "admiral under deputy assistant chancellor governor"
)
# Nouns for people, by which a subject such as "his wife" can be who speaks next.
PERSONS = TITLES | _words(
    "wife husband mother father son daughter brother sister man woman leader official "
    "diplomat aide adviser advisor lawyer farmer soldier officer doctor teacher driver "
    "villager resident witness colleague counterpart predecessor successor lawmaker deputy "
    "guard nurse student priest bishop pope"
)
