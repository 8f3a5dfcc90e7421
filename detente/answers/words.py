"""The words of questions: which ask, which say nothing of an act, and which types stand beside each other."""

from __future__ import annotations

import re

__all__ = [
    "ALIKE",
    "AUXILIARY",
    "CALLING",
    "HELD",
    "HOLDING",
    "LIGHT",
    "MODALS",
    "NO_ADJECTIVES",
    "OFFERS",
    "ORDINALS",
    "PLAIN",
    "PRONOUNS",
    "SAYING",
    "TOGETHER",
    "TOLD_MODES",
    "TURNED",
    "TURNING",
    "VERBAL",
    "VIEWS",
    "WH",
]

# Types that tell the same thing from another side: a signature is AGREE or SUPPORT, help that is
# announced is AGREE and help that came is AID. They count only where the words of the question agree.
ALIKE = {
    "AGREE": ("SUPPORT", "COOPERATE", "CONCEDE", "AID"),
    "AID": ("AGREE", "COOPERATE", "SUPPORT"),
    "SUPPORT": ("AGREE", "AID", "COOPERATE", "CONSULT"),
    "CONCEDE": ("RETREAT", "AGREE"),
    "RETREAT": ("CONCEDE",),
    "SANCTION": ("COERCE",),
    "COERCE": ("SANCTION", "ASSAULT"),
    "ASSAULT": ("COERCE",),
    "COOPERATE": ("AGREE", "CONSULT"),
    "CONSULT": ("COOPERATE",),
    "REQUEST": (),
    "ACCUSE": ("REJECT",),
    "REJECT": ("ACCUSE",),
    "THREATEN": (),
    "MOBILIZE": (),
    "PROTEST": (),
}
# Done by both sides together, or in words that do not care who began.
TOGETHER = frozenset({"CONSULT", "AGREE", "COOPERATE"})
VERBAL = ("ACCUSE", "REJECT", "REQUEST", "THREATEN", "SUPPORT", "AGREE", "CONCEDE")
SAYING = frozenset("say tell state claim comment think argue respond describe view mention".split())
VIEWS = frozenset("position view stance opinion claim statement word comment".split())
CALLING = frozenset("call phone ring telephone".split())
HOLDING = frozenset("hold last endure survive stick collapse continue".split())
HELD = frozenset("thaw truce peace détente detente calm rapprochement ceasefire relation tie deal it".split())
TURNING = frozenset("turn thaw improve worsen change shift deteriorate warm sour escalate".split())
TURNED = frozenset("relation relationship tie".split())
MODALS = frozenset("should would could can may might must shall".split())
# Verbs that say nothing of the act by themselves.
LIGHT = frozenset(
    "do be have happen occur get go come take make give put hold keep plan intend expect schedule set"
    " announce impose reach conduct ever".split()
)
# Words that a text need not hold for an act to be meant.
PLAIN = frozenset(
    "official officials government leader president minister country state people time times side"
    " measure good goods man woman thing anything something act action event record party nation force"
    " forces way"
    " administration authority delegation delegations citizen news day week month year date part partner"
    " envoy other each ever remain election kind sort any some".split()
)
PRONOUNS = frozenset("they them their it its he him his she her both those these that this".split())
AUXILIARY = frozenset("do have be will".split())
WH = re.compile(r"\b(who|whom|whose|which|what|when|where|why|how)\b", re.IGNORECASE)

# Modes that tell one deed from another; those of words, such as "allege", shade into each other.
TOLD_MODES = frozenset(
    "phone visit convict expel withdraw discontinue release disarm ceasefire access resign troops weapons"
    " seize censor curfew martial-law arrest deport withhold cyber abduct torture explosives aerial drone"
    " heavy-weapons suicide-attack demo riot strike".split()
)
ORDINALS = frozenset("first second third fourth fifth".split())
NO_ADJECTIVES = frozenset(
    "first last new high foreign american russian diplomatic remaining more many such own same other"
    " political official recent current former".split()
)

OFFERS = (
    "Has Colombia recalled its ambassador since January?",
    "When did Biden last speak with Putin?",
    "How many times has the United States sanctioned Cuba?",
    "What does Iran say about the United States?",
    "Will the thaw between the United States and Colombia hold?",
)
