"""Which language a text is in, so that no text is coded in a language that the coder does not know.

The cheap signs come first: English is told by its small words, and only what is not English is given
to the recogniser, which is loaded then, once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from detente.records import Document

if TYPE_CHECKING:
    from lingua import LanguageDetector

__all__ = ["counted", "language_name", "language_of", "with_language"]

_LOOKED_AT = 3_000  # characters; more of a text tells nothing new
_SURE = 0.9  # of 1: few words in Latin letters are of a language only above it
_DOUBT = 0.05  # of 1: text in plain letters that may be English by more is not told apart
_FEW = 12  # words: a shorter text without accents may well be English

# Names as the recogniser has them. On 112 sentences written for it in these languages the low-accuracy
# mode makes no mistake, at 60 MB and half a second once; the other one takes 780 MB and 6 seconds.
_LANGUAGES = (
    "ALBANIAN ARABIC ARMENIAN AZERBAIJANI BELARUSIAN BENGALI BOKMAL BULGARIAN CHINESE CROATIAN CZECH "
    "DANISH DUTCH ENGLISH ESTONIAN FINNISH FRENCH GEORGIAN GERMAN GREEK HEBREW HINDI HUNGARIAN "
    "INDONESIAN ITALIAN JAPANESE KAZAKH KOREAN LATVIAN LITHUANIAN MACEDONIAN PERSIAN POLISH PORTUGUESE "
    "ROMANIAN RUSSIAN SERBIAN SLOVAK SPANISH SWAHILI SWEDISH THAI TURKISH UKRAINIAN URDU VIETNAMESE"
).split()

# Small words that no other language of the list has often ...
_ENGLISH = frozenset(
    "the and that with this from have has which were been their said it you they would who its his our "
    "not but what when these those there than".split()
)
# ... and small words that others have too, in another sense.
_SHARED = frozenset("of to in on for is are was by at as be an will we he she or".split())

_NO_WORDS = re.compile(r"(?:https?://|www\.)\s*\S+|[@#]\w+|\S*\d\S*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TAG = re.compile(r"([A-Za-z]{2})(?:[-_].*)?")


def language_of(text: str, stated: str | None = None) -> str | None:
    """The ISO 639-1 code of a text's language; None where the text is too short to tell.

    `stated` is what the source says of it, such as "es" or "en-GB". A text that is plainly English is
    English whatever is stated; else a stated language other than English is taken; else the words
    decide (lingua), for sites often state English for every page.

    >>> language_of("The minister said that the talks had ended."), language_of("Madrid")
    ('en', None)
    >>> language_of("El canciller dijo que las conversaciones seguirán en marzo.", stated="en")
    'es'
    """
    tag = _TAG.fullmatch(stated.strip()) if stated else None
    said = tag[1].lower() if tag else None
    words = _WORD.findall(_NO_WORDS.sub(" ", text[:_LOOKED_AT]).lower())
    if not words:
        return said
    own = sum(word in _ENGLISH for word in words)
    shared = sum(word in _SHARED for word in words)
    if own >= 0.08 * len(words) or (own and own + shared >= 0.15 * len(words)):
        return "en"
    if said is not None and said != "en":
        return said
    letters = "".join(words)
    if len(letters) < 3:
        return said
    latin = all(c < "\u0250" or "\u1e00" <= c < "\u1f00" for c in letters)
    few = len(words) < (_FEW if letters.isascii() else _FEW / 2)
    english_too = own + shared
    if latin and (len(words) < 3 or (few and english_too) or (english_too > 1 and len(words) < 3 * _FEW)):
        return said
    ranked = _detector().compute_language_confidence_values(" ".join(words))
    best = ranked[0]
    if best.value <= 0:
        return said
    if latin:
        # "São Paulo talks collapse" has an accent and no small word, and is English all the same.
        english = next(r.value for r in ranked if r.language.name == "ENGLISH")
        if english >= _DOUBT or (few and best.value < _SURE):
            return said
    return best.language.iso_code_639_1.name.lower()


def with_language(document: Document) -> Document:
    """The document with the language of its text, where that can be told; see `language_of`.

    >>> from detente.sources.text import make_document
    >>> with_language(make_document("The two ministers met and said nothing.")).language
    'en'
    """
    found = language_of(document.text, document.language)
    return document if found == document.language else replace(document, language=found)


def language_name(code: str) -> str:
    """The English name of a language; its code where the name is not known.

    >>> language_name("es"), language_name("xx")
    ('Spanish', 'xx')
    """
    from lingua import Language

    for language in Language.all():
        if language.iso_code_639_1.name.lower() == code:
            return "Norwegian" if code in ("nb", "nn") else language.name.title()
    return code


def counted(counts: Mapping[str, int]) -> str:
    """How many documents are in which language, in words, the most frequent first.

    >>> counted({"ru": 1, "es": 12})
    '12 documents in Spanish and 1 in Russian'
    """
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = [
        f"{number}{'' if place else _noun(number)} in {language_name(code)}"
        for place, (code, number) in enumerate(ranked)
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _noun(number: int) -> str:
    return " document" if number == 1 else " documents"


@cache  # the recogniser is a table that never changes, and takes half a second to load
def _detector() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    known = {language.name: language for language in Language.all()}
    chosen = [known[name] for name in _LANGUAGES]
    return LanguageDetectorBuilder.from_languages(*chosen).with_low_accuracy_mode().build()
