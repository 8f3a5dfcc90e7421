"""The words of the calendar: names, numbers and the compiled patterns that `dates` reads with.

Nothing is resolved here. `TRIGGER` is the cheap look that lets text without a date pass; `RULES`
names one pattern a form, in the order in which they claim words; `PREFIX` reads what stands before
a form ("since", "by the end of", "mid-"); `CUE` finds the verbs that tell past from future.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["CUE", "PREFIX", "RULES", "STOP", "TRIGGER", "month_number", "number", "weekday_number"]

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TEENS: Final = (
    ("zero",), ("one", "a", "an"), ("two",), ("three",), ("four",), ("five",), ("six",), ("seven",),
    ("eight",), ("nine",), ("ten",), ("eleven",), ("twelve", "dozen"), ("thirteen",), ("fourteen",),
    ("fifteen",), ("sixteen",), ("seventeen",), ("eighteen",), ("nineteen",),
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS: Final = {word: value for value, words in enumerate(_TEENS) for word in words} | {
    word: 10 * (index + 2) for index, word in enumerate(_TENS)
}
_ORDINALS: Final = ("zeroth", "first", "second", "third", "fourth", "fifth")


def month_number(word: str) -> int:
    """The month 1 to 12 that a name or abbreviation stands for.

    >>> month_number("Sept."), month_number("MARCH")
    (9, 3)
    """
    return _MONTHS.index(word[:3].lower()) + 1


def weekday_number(word: str) -> int:
    """The weekday 0 (Monday) to 6 that a name or abbreviation stands for.

    >>> weekday_number("Thurs."), weekday_number("Sunday")
    (3, 6)
    """
    return _WEEKDAYS.index(word[:3].lower())


def number(words: str) -> int | None:
    """The whole number that digits or words stand for; None for "several", "a few" and the like.

    >>> number("twenty-five"), number("a dozen"), number("10"), number("first"), number("several")
    (25, 12, 10, 1, None)
    """
    words = words.strip().lower()
    if words.isdecimal():
        return int(words)
    if words in _ORDINALS:
        return _ORDINALS.index(words)
    parts = words.removeprefix("a ").replace("-", " ").split()
    values = [_NUMBERS[p] for p in parts if p in _NUMBERS]
    return sum(values) if values and len(values) == len(parts) else None


_FULL: Final = "January|February|March|April|May|June|July|August|September|October|November|December"
_MON: Final = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|Jun\.|July?|Jul\.|"
    r"Aug(?:ust|\.)?|Sep(?:tember|t\.?|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?|"
    + _FULL.upper()
    + ")"
)
_WD: Final = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_WDX: Final = rf"(?:{_WD}|(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?)"
# Counted things: a number before one of these is an amount, not a day or a year.
_COUNTED: Final = (
    r"(?:(?!(?:after|before|when|while|as|in|on|at|by|to|and|but|with|for|from|that|against|"
    r"until)\b)"
    r"[a-z]+ )?(?:people|troops|soldiers|men|women|fighters|militants|civilians|children|others|"
    r"refugees|migrants|prisoners|hostages|tons|tonnes|miles|kilomet|met(?:er|re)s|feet|dollars|"
    r"euros|barrels|vehicles|tanks|houses|homes|villages|hours?|GMT|km|percent|per cent|million|"
    r"billion|degrees|votes|members|countries|states|nations|aircraft|drones|missiles|rockets|"
    r"police|officers|deaths|cases|years|days)\b|[%°]|(?:more|other)\b"
)
_D: Final = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d%])"
_DEND: Final = rf"(?![:.]\d|,\d{{3}}|[-–]\d|\s(?:{_COUNTED}))"
_Y: Final = rf"(?:1\d|20|21)\d\d(?![\d%]|[,.:]\d|-year|-strong|\s(?:{_COUNTED}))"
_YREL: Final = r"(?:last|this|next) year"
_YTAIL: Final = rf"(?:,? (?:of |in )?(?P<y>{_Y}|{_YREL}))?"
_DASH: Final = r"(?: ?[-–—] ?| (?:to|through|until|till) )"
_SEASON: Final = r"(?:spring|summer|autumn|winter|fall)"
_NUM: Final = (
    r"(?:\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|an?|one|two|"
    r"three|"
    r"four|five|six|seven|eight|nine|ten|eleven|(?:a )?dozen|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|"
    r"seventeen|eighteen|nineteen|several|(?:a )?few|many|some|(?:a )?couple(?: of)?)"
)
_UNITS: Final = r"(?:hour|day|week|fortnight|month|year|decade|centur(?:y|ie)|generation)s?"
_LONG: Final = r"(?:days|weeks|months|years|decades|centuries|generations)"
_BOUND: Final = r"(?:more than|over|less than|at least|fewer than|under|up to)"
_ABOUT: Final = r"(?:about|around|nearly|almost|roughly|some|just|only|barely|exactly)"
_EVENT: Final = (
    r"(?:summit|meeting|elections?|talks|vote|attacks?|deal|agreement|accords?|treaty|war|coup|"
    r"raid|"
    r"strikes?|ceasefire|truce|referendum|protests?|massacre|pact|deadline|conference|invasion|"
    r"ruling|"
    r"uprising|revolution|World Cup|Olympics|Games|crisis|resolution|budget|statement|report)\b"
)

# One cheap pass; what it does not find holds no date. Group names are the kinds of `RULES`.
TRIGGER: Final = re.compile(
    rf"\b(?:(?P<M>{_MON}(?![a-z]))|(?P<W>{_WD}\b)"
    r"|(?P<U>(?:day|week|month|year|decade|centur|hour|fortnight|quarter|generation|fiscal|"
    r"anniversar|evening\b|night\b|morning\b|"
    r"Day|Week|Month|Year|Decade|Hour|Quarter|Fiscal)|[Oo]n the eve\b)"
    r"|(?P<T>(?:[Tt]o(?:day|night|morrow)|[Yy]esterday|[Oo]vernight|[Tt]his (?:morning|afternoon|"
    r"evening)|[Ll]ast (?:night|evening))\b)"
    rf"|(?P<S>{_SEASON}\b)"
    r"|(?P<H>Christmas|New Year|Boxing|Easter|Good Friday|Palm Sunday|Ash Wednesday|Thanksgiving|"
    r"Halloween|Valentine|Bastille|Ramadan|Eid\b|Passover|Yom Kippur|Rosh Hashan|Hanukkah|Nowruz|"
    r"Diwali|Lunar|Chinese New|Independence|National Day|Victory Day|Memorial Day|Armed Forces Day)"
    r"|(?P<D>\d{1,4}[-/.]\d{1,2}(?:[-/.]\d|\b)|\d\d?(?:st|nd|rd|th)\b|[QH][1-4] |[12]\d{3}(?!\d)|"
    r"'?\d0s))"
)

# (name, kinds that call it, pattern); earlier rules claim words before later ones see them.
_SOURCES: Final[tuple[tuple[str, str, str], ...]] = (
    ("named", "MD", r"\b(?:9/11\b|(?:Sept(?:ember|\.)?) 11(?:th)?(?= (?:terror|attack|hijack)))"),
    (
        "iso",
        "D",
        r"(?<![\w/-])(?P<y>[12]\d{3})-(?P<m>\d\d)-(?P<d>\d\d)(?:T[\d:.]+(?:Z|"
        r"[+-]\d\d:?\d\d)?)?(?![\w-])",
    ),
    ("iso_month", "D", r"(?<![\w/-])(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])(?![\w/-])"),
    ("dotted", "D", r"(?<![\w./-])(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>(?:19|20)\d\d)(?![\w/])"),
    ("slashed", "D", r"(?<![\w./-])(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<y>(?:19|20)\d\d|\d\d)(?![\w/])"),
    (
        "slashed_short",
        "D",
        r"(?<![\w./,-])(?!24/7)(?:(?<=\bon )(?P<a1>\d\d?)/(?P<b1>\d\d?)|"
        r"(?P<a>\d\d)/(?P<b>\d\d))(?![\w/%]|\.\d)",
    ),
    (
        "month_day",
        "M",
        rf"\b(?:(?P<wd>{_WDX}),? (?:the )?)?(?P<m>{_MON}),? (?:the )?(?P<d>{_D})"
        rf"(?:(?: ?[-–—] ?| (?:to|and|through) )(?P<d2>{_D}){_DEND})?{_DEND}{_YTAIL}",
    ),
    (
        "day_month",
        "M",
        rf"\b(?:(?P<wd>{_WDX}),? (?:the )?)?(?:the )?(?<![\d.,:/-])(?P<d>{_D})"
        rf"(?:(?: ?[-–—] ?| (?:to|and|through) )(?:the )?(?P<d2>{_D}))?(?: |-|"
        rf" of )(?P<m>{_MON})(?![a-z]){_YTAIL}",
    ),
    (
        "months",
        "M",
        rf"\b(?P<m>{_FULL})(?:{_DASH}|"
        rf"(?<=(?P<and>\w)) and )(?P<m2>{_FULL})\b(?! \d\d?\b)(?:,? (?:of )?(?P<y>{_Y}|{_YREL}))?",
    ),
    (
        "month_year",
        "M",
        rf"\b(?P<m>{_MON})(?:,? (?:of |in )?|-)(?P<y>{_Y}|{_YREL}|(?:that|the same) year)",
    ),
    (
        "month_rel",
        "M",
        rf"\b(?P<rel>[Ll]ast|[Nn]ext|[Tt]his(?: past| coming)?|[Tt]he (?:following|"
        rf"previous)) (?P<m>{_FULL})\b(?! \d)",
    ),
    ("month", "M", rf"\b(?P<m>{_FULL})\b(?! \d|\.\d|-\d)"),
    (
        "week_weekday",
        "W",
        rf"\b(?P<rel>[Ll]ast|[Nn]ext|[Tt]his) week,? on (?P<wd>{_WD})\b(?!,? {_MON} \d)",
    ),
    (
        "weekday",
        "W",
        rf"\b(?:(?P<rel>[Ll]ast|[Nn]ext|[Tt]his(?: past| coming)?|[Tt]he (?:following|previous|"
        rf"next|past|coming)|"
        rf"[Cc]oming|[Pp]ast) )?(?P<wd>{_WD})\b(?: (?:morning|afternoon|evening|night|lunchtime|"
        rf"overnight))?"
        r"(?:,? (?:of )?(?P<week>last|next|this|the (?:following|previous)) week\b)?",
    ),
    (
        "decade",
        "D",
        r"(?<![\w-])(?:[Tt]he )?(?:(?P<y>(?:1\d|20)\d0)['’]?s|(?<=[Tt]he )['’‘]?(?P<s>[2-9]0)s)\b",
    ),
    (
        "season_year",
        "S",
        rf"\b(?:[Tt]he )?(?P<s>{_SEASON}) (?:of )?(?P<y>{_Y})(?:[-–/](?P<y2>(?:\d\d)?\d\d))?(?!\d)",
    ),
    (
        "years",
        "D",
        rf"(?<![\w$€£#./-])(?P<y>{_Y})(?:(?P<and> and )|{_DASH}|/)(?P<y2>{_Y}|\d\d(?![\d%]|"
        rf"[,.:]\d|:))(?![\w-])",
    ),
    (
        "season_rel",
        "S",
        rf"\b(?P<rel>[Ll]ast|[Nn]ext|[Tt]his(?: past| coming)?|[Tt]he (?:coming|"
        rf"past)) (?P<s>{_SEASON})\b(?! of\b)",
    ),
    (
        "season",
        "S",
        r"\b(?:[Ii]n|[Bb]y|[Ss]ince|[Uu]ntil|[Dd]uring|[Oo]ver|[Tt]hrough|[Bb]efore|[Aa]fter)"
        r" (?:(?:the|early|late|mid)[ -])*(?P<s>spring|summer|autumn|winter|"
        r"(?<=the )fall)\b(?! of\b| in\b|-)",
    ),
    (
        "holiday",
        "H",
        r"\b(?P<h>Christmas(?: Day| Eve)?|New Year['’]s(?: Day| Eve)|Boxing Day|Easter(?: Sunday|"
        r" Monday)?|"
        r"Good Friday|Palm Sunday|Ash Wednesday|Thanksgiving|Halloween|Valentine['’]s Day|"
        r"Bastille Day)\b"
        rf"(?! (?:Agreement|Accord|Island|tree|card|gift|market|truce of|uprising|Rising)){_YTAIL}",
    ),
    ("may_day", "M", rf"\b(?P<h>May Day)\b(?! call| signal){_YTAIL}"),
    (
        "moving",
        "H",
        r"\b(?:Ramadan|Eid(?: al-(?:Fitr|Adha))?|Passover|Yom Kippur|Rosh Hashana[h]?|Hanukkah|"
        r"Nowruz|Diwali|(?:Lunar|Chinese) New Year)\b(?! [Ww]ar| greetings)",
    ),
    ("national", "H", r"\b(?:Independence|National|Victory|Memorial|Armed Forces) Day\b"),
    (
        "part_of_day",
        "T",
        r"\b(?:(?:earlier|later|late|early) )?(?P<w>(?:today|yesterday|tomorrow)(?: (?:morning|"
        r"afternoon|"
        r"evening|night))?|tonight|this (?:morning|afternoon|evening)|last (?:night|evening)|"
        r"overnight)\b",
    ),
    (
        "day_twice",
        "U",
        r"\bthe (?P<w>day before yesterday|day after tomorrow|year before last|week before last|"
        r"week after next|month before last|year after next)\b",
    ),
    (
        "eve",
        "U",
        r"\bon the eve of\b|\b(?:the|its|their|his|her|an?|\d+(?:st|nd|rd|th)|"
        r"first)(?: [\w-]+)? anniversary\b|"
        r"\banniversary of\b",
    ),
    ("fiscal", "U", rf"\b(?:the )?(?:fiscal|financial)(?: year)? (?:{_Y}|\d\d)"),
    (
        "quarter",
        "UD",
        rf"\b(?:the )?(?:(?P<n>first|second|third|fourth|last|final) quarter|(?P<q>[QH][1-4]))\b"
        rf"(?:,? (?:of |in )?(?P<y>{_Y}|{_YREL}|the year))?(?! of\b)",
    ),
    (
        "ago",
        "U",
        rf"\b(?:(?P<bound>{_BOUND}) |{_ABOUT} )?(?:(?P<n>{_NUM}) )?(?P<u>{_UNITS}) (?P<dir>ago|"
        rf"from now|hence)\b",
    ),
    (
        "within",
        "U",
        rf"\bwithin (?:the (?:next|coming) )?(?:{_BOUND} |"
        rf"{_ABOUT} )?(?:{_NUM} (?:to {_NUM} )?)?(?:{_UNITS})\b",
    ),
    (
        "span",
        "U",
        rf"\b(?:the |these |those )?(?P<dir>past|last|next|coming|previous|recent) "
        rf"(?:(?P<n>{_NUM}|couple of) )?(?P<u>{_UNITS})\b(?! of\b)",
    ),
    (
        "turned",
        "U",
        r"\b(?P<dir>earlier|later) (?:(?P<this>this|last|next)|in the|(?P<that>that|the same)) "
        r"(?P<u>day|week|month|year|decade|century)\b",
    ),
    (
        "rel_unit",
        "U",
        r"\b(?P<rel>last|next|this(?: past| coming)?|the (?:past|last|next|coming|current)) "
        r"(?P<u>week(?:end)?|month|year|decade|century|quarter)\b(?! of\b|-)",
    ),
    ("weekend", "U", r"\b(?:(?:over|at|on|during) )?the weekend\b(?! of\b)"),
    ("for_long", "U", rf"\bfor (?:many |several |some )?{_LONG}\b"),
    ("in_units", "U", rf"\bin (?:{_ABOUT} )?(?P<n>{_NUM}) (?P<u>{_UNITS})\b(?:['’] time)?"),
    ("part_unit", "U", r"\b(?:the|this) (?P<u>week|month|year|decade|century)\b"),
    ("year_end", "U", r"\b(?:the )?(?P<u>year|month|week)(?:['’]s[ -]|-)end\b"),
    (
        "on_the_nth",
        "D",
        r"\bon the (?P<d>(?:[12]?\d|3[01])(?:st|nd|rd|th))\b(?=[.,;:!?)]|$|\s(?:and|but|or|in|at|"
        r"after|before|to|with|when|as|for)\b)",
    ),
    ("century", "UD", r"\b(?:the )?(?P<n>\d\d?)(?:st|nd|rd|th)[ -][Cc]entury\b"),
    (
        "year",
        "D",
        rf"(?:(?<![\w$€£#./-])|(?<=mid-)|(?<=late-)|(?<=early-))(?:the year )?(?P<y>{_Y})(?![\w-]|"
        rf"/\d)",
    ),
    (
        "shifted",
        "U",
        rf"\b(?:{_ABOUT} )?(?:(?P<n>{_NUM}) )?(?P<u>{_UNITS}) (?P<dir>later|earlier|after|before|"
        rf"prior)\b",
    ),
    (
        "neighbour",
        "U",
        r"\b(?:the|that) (?P<w>next|following|previous|preceding|same) (?P<u>day|week|month|year|"
        r"night|morning|evening)\b|"
        r"\bthe (?P<u2>day|week|month|year|night) (?P<w2>before|after)\b|\bthat (?P<u3>day|week|"
        r"month|year|night|evening|morning)\b",
    ),
)
_LOOSE_CASE: Final = frozenset("TU")

RULES: Final = tuple(
    (
        name,
        frozenset(kinds),
        re.compile(source, re.IGNORECASE if set(kinds) & _LOOSE_CASE else 0),
    )
    for name, kinds, source in _SOURCES
)

# What may stand directly before a form, read from its left edge backwards.
PREFIX: Final = re.compile(
    r"(?:\b(?P<rel>since|until|till|by|through|before|after|from|as of|between|in|on|during|"
    r"around|for|to|and|of|than|with)[ ])?"
    r"(?:\b(?P<part>(?:early|mid|late)(?= in |[ -])|end(?=-)|(?:(?:the )?(?:very )?"
    r"(?:end|start|beginning|middle|close|turn|(?:first|second|last|other) half|"
    r"(?:early|opening|closing|first|last|final) (?:days|weeks|months|part|years)|"
    rf"(?P<nth>first|second|third|fourth|last|final) (?:(?P<n>{_NUM}) )?(?P<nu>day|week|month|"
    rf"year)s?))(?= of ))"
    r"(?: of the | of | in | |-))?$",
    re.IGNORECASE,
)

# Left neighbours that make a weekday a habit or a name.
STOP: Final = re.compile(
    r"\b(?:every|each|most|any|alternate|other|Black|Bloody|Super|Good|Ash|Palm|Easter|Holy|Maundy|"
    r"Sheffield|Cyber|USA|Russia|India|China|Christianity|Israel|World|Politics)\s$"
)

_PLAN: Final = (
    r"(?:agree[ds]?|plan(?:s|ned|ning)?|hop(?:es?|ed|ing)|intend(?:s|ed)?|vow(?:s|ed)?|"
    r"promise[ds]?|"
    r"pledge[ds]?|expected|set|due|scheduled|slated|likely|prepar(?:es?|ed|ing)|threaten(?:s|ed)?|"
    r"want(?:s|ed)?|decide[ds]?|invite[ds]?|urge[ds]?|ask(?:s|ed)?|order(?:s|ed)?|propose[ds]?|"
    r"poised|"
    r"offer(?:s|ed)?|about|ready|going|is|are|meant|seek(?:s|ing)?|aim(?:s|ed)?|willing|bound|"
    r"authori[sz]ed|required|told|call(?:s|ed)? (?:on|for) [\w ]{1,40}|how|deadline|plans?|deal|"
    r"vote)"
)
_IRREGULAR: Final = (
    r"said|met|told|was|were|had|has|have|been|did|went|came|took|made|gave|held|hit|struck|began|"
    r"begun|"
    r"spoke|spoken|left|sent|saw|seen|fell|fallen|led|won|lost|broke|broken|shot|killed|fought|"
    r"fled|flew|"
    r"quit|cut|put|shut|set|rose|risen|ran|kept|brought|bought|sold|wrote|written|swore|sworn|"
    r"drew|drawn|"
    r"withdrew|withdrawn|withheld|upheld|became|grew|found|threw|thrown|chose|chosen|stood|sought|"
    r"taken|given|"
    r"dealt|laid|paid|lay|sank|blew|blown|drove|driven|got|knew|known|heard|spent|built|rebuilt|"
    r"felt|bore|"
    r"forbade|forgave|rang|shook|shot|slid|stole|stolen|tore|torn|woke|wore|hung|hurt|beat|beaten|"
    r"burst|cast|"
    r"overthrew|overthrown|undertook|underwent|dug|split|spread|leapt|sat|lent|meant"
)
# The last cue before a form, or the first one after it, tells its tense.
CUE: Final = re.compile(
    r"\b(?P<past1>(?:may|might|could|must|should|would|to|will)(?: not|n['’]t)? have (?:been )?\w+)"
    rf"|\b(?P<future1>{_PLAN} (?:\w+ly )?to (?:be |again )?\w+)"
    r"|\b(?P<past2>(?:fail|forc|us|manag|help|appear|seem|compell|tri|began|"
    r"start)(?:ed)? to (?:be )?\w+)"
    r"|\b(?P<future2>(?:will|wo|shall|would|may|might|could|should|must|can)(?:n['’]t| not)?\b"
    r"(?: (?:also|then|now|soon|likely|again|be|hold|only|still|be \w+ly))*(?: \w+)?"
    r"|(?<=\w)['’]ll (?:be )?\w+|(?:is|are|been|was|were|be) (?:due|set|scheduled|slated|expected|"
    r"planned|"
    r"poised|going|likely|to)\b(?: to)?(?: \w+)?|(?:scheduled|set|slated|due|planned|expected|"
    r"called|billed|"
    r"earmarked) (?:for|in|on|by|to)\b|due\b|upcoming|forthcoming|ahead of|[Nn]ew deadline|(?:is|"
    r"are) (?!being\b)\w+ing|to be \w+|"
    r"(?:begins?|starts?|takes? effect|opens?|arrives?|travels?|meets?|visits|heads|expects?|"
    r"hopes?|plans?|convenes?|"
    r"expires?|"
    r"ends|hosts|flies|votes|resumes?|sails|lapses|leaves|returns|closes|goes|comes|joins|faces)\b|"
    r"(?:has|have|had|gave|given|gives) (?:[\w ]{1,25} )?until\b|runs\b|takes? (?:office|over|"
    r"place)\b|expected\b)"
    r"|\b(?P<past3>(?:" + _IRREGULAR + r")\b(?: (?:been|not))?"
    r"|(?<![Tt]he )(?<!\ba )(?<!\ban )(?<!newly )(?<!its )(?<!their )[a-z]{2,}(?:(?<!e)ed|greed|"
    r"freed|creed|nteed)\b)"
)

# Left and right neighbours that decide whether a bare number, month or day is a date at all.
EVENT: Final = _EVENT
OWNER: Final = re.compile(
    r"(?:\b(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Tt]his|[Tt]hat)"
    r"(?: (?:landmark|original|failed|disputed|historic|deadly|secret|bloody|brief|ill-fated))?|"
    r"\w['’]s?)\s$"
)
IN_BEFORE_MONTH: Final = re.compile(
    r"\b(?:in|since|until|till|by|from|during|before|after|for|through|early|mid|late|of|between|"
    r"and|to|"
    r"around|last|next)[ -]$",
    re.IGNORECASE,
)
IN_BEFORE_YEAR: Final = re.compile(
    r"\b(?:(?P<plain>in|since|until|till|during|circa|early|mid|late)|by|from|after|before|"
    r"through|around|"
    r"of|for|between|(?:1[89]|20)\d\d(?:,? and| or|,))[ -]$",
    re.IGNORECASE,
)
BLOCKED: Final = re.compile(
    r"\b(?:[Rr]esolutions?|No\.?|[Aa]rticle|[Ff]light|Boeing|[Rr]oom|[Ss]ection|[Nn]umber|Law|"
    r"Decree|"
    r"Directive|Chapter|Type|page|model|Unit|force of|total of|group of|crowd of|population of|"
    r"army of)\s$"
)
COUNTABLE: Final = re.compile(
    r" (?!(?:was|is|has|its|his|as|this|versus|across|talks|sanctions)\b)[a-z]{2,}s\b"
)
NUMBERED: Final = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|times?|once|most|worst|\w+est|\d+(?:st|nd|rd|"
    r"th))\b[^,.;]*$"
)
