"""Decides which predicates of a sentence are acts, of which type, by whom and towards whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from detente.coding.acts import (
    SPEECH,
    Act,
    Proposal,
    Told,
    distinct,
    made_a_threat,
    purposed,
    regretted,
    standing,
    told_again,
)
from detente.coding.attribution import Attribution
from detente.coding.candidates import Arguments
from detente.coding.lexicon import ACTOR_ROLES, RECIPIENT_ROLES, Lexicon, Trigger
from detente.coding.references import References, party
from detente.coding.statements import Statements
from detente.coding.trees import Tree
from detente.records import Party, Status, Voice

if TYPE_CHECKING:
    from detente.coding.model import Encodings
    from detente.coding.tracing import Trace

__all__ = ["SPEECH", "Act", "Proposal", "RuleClassifier", "Told", "distinct"]

_CONTENT = frozenset({"AGREE", "REQUEST", "THREATEN"})
# Types that end or refuse what a noun beside them names: "halted aid" is no aid.
_ENDING = frozenset({"SANCTION", "REJECT", "RETREAT", "CONCEDE"})
# Types that a state can do to its own people; the others need a second party.
_DOMESTIC = frozenset({"ACCUSE", "COERCE", "ASSAULT", "PROTEST", "MOBILIZE", "REQUEST", "REJECT", "SUPPORT"})
# Types whose victims, where no actor among them is named, are the country's own people.
_OWN_PEOPLE = frozenset({"COERCE", "ASSAULT", "PROTEST"})
_BLAME = frozenset({"ACCUSE", "REJECT", "THREATEN", "COERCE", "ASSAULT"})
_PRAISE = frozenset({"SUPPORT", "AGREE", "COOPERATE", "AID"})
_JOINT = frozenset({"AGREE", "CONSULT", "COOPERATE"})
_PLANNING = frozenset("plan schedule arrange prepare expect".split())
_PLANNED = frozenset({"CONSULT", "COOPERATE", "MOBILIZE", "PROTEST"})
_CLOSE = frozenset(
    "dobj nsubjpass obj xcomp ccomp prep pcomp acl attr pobj compound amod oprd dative agent poss "
    "advcl".split()
)
_NAMING = frozenset(
    "call label brand dub describe deem denounce term portray characterize characterise".split()
)
_SCORN = frozenset("label brand denounce".split())
_PLACED = frozenset("in at near across inside outside around through throughout".split())


class RuleClassifier:
    """The trigger lexicon decides; grammar, the sentence and the document give the parties."""

    name = "rules.v1"
    listed_only = True  # a sentence without a listed trigger need not be parsed

    def __init__(self, lexicon: Lexicon, statements: Statements) -> None:
        self.lexicon = lexicon
        self._statements = statements

    def decide(
        self,
        arguments: Arguments,
        references: References,
        attribution: Attribution,
        told: Told,
        encodings: Encodings | None = None,
        trace: Trace | None = None,
    ) -> list[Act]:
        """All acts of one sentence, in order of their triggers; a `trace` is told each decision."""
        acts = []
        for proposal in self.propose(arguments, references, attribution, told):
            if trace is not None:
                trace.proposed(proposal)
            if proposal.kept and proposal.act is not None:
                acts.append(proposal.act)
                told.remember(proposal.act)
        acts += self._quoted(arguments, attribution, {a.token for a in acts})
        kept = distinct(arguments.tree, acts)
        if trace is not None:
            trace.decided(acts, kept)
        return kept

    def begin(self, text: str, spans: Sequence[tuple[int, int]], wanted: Sequence[bool]) -> Encodings | None:
        """Called once a document with all its sentences and which of them will be decided.

        What it gives is handed to `decide`; the rules need nothing.
        """
        return None

    def settle(
        self, act: Act, status: Status, voice: Voice, dated: bool, trace: Trace | None = None
    ) -> tuple[Status, Voice]:
        """Last word on an act's status and voice: the rules' own."""
        return status, voice

    def propose(
        self, arguments: Arguments, references: References, attribution: Attribution, told: Told
    ) -> Iterator[Proposal]:
        """Each listed predicate of a sentence with the act that the rules make of it, kept or not."""
        tree = arguments.tree
        found: dict[int, Proposal] = {}
        for i in range(len(tree)):
            if tree.mentions[i] is not None:
                continue
            pos = tree.pos(i)
            if pos not in ("verb", "noun", "adj") or tree.deps[i] in ("aux", "auxpass", "amod"):
                continue
            trigger = self.lexicon.match(tree, i)
            if (
                pos == "verb"
                and tree.lemmas[i] in _NAMING
                and (trigger is None or trigger.event in ("REQUEST", "CONSULT"))
            ):
                trigger = self._naming(tree, i) or trigger
            if trigger is not None:
                found[i] = Proposal(i, trigger, purposed(tree, i), standing(tree, i))
        for i, proposal in found.items():
            proposal.take(self._act(arguments, references, attribution, i, proposal.trigger, told))
        # a word without parties of its own ("the sanctions were extended") leaves the act to the noun
        outer = {
            i: p.trigger
            for i, p in found.items()
            if not (p.purpose or p.standing)
            and (p.act is not None or p.trigger.event == "NONE" or not arguments.passive(i))
        }
        for i, proposal in found.items():
            trigger = proposal.trigger
            proposal.outer = self._inside_another(tree, i, trigger, outer)
            proposal.inside = proposal.outer is not None or self._only_plans(tree, i, trigger)
            proposal.kept = not (proposal.inside or proposal.purpose or proposal.standing)
            yield proposal

    def unlisted(
        self, arguments: Arguments, references: References, attribution: Attribution, i: int, told: Told
    ) -> Proposal:
        """A predicate that no trigger lists, with the parties of a plain verb or noun."""
        pos = arguments.tree.pos(i)
        trigger = Trigger(
            arguments.tree.lemmas[i], pos, (), "NONE", None, ACTOR_ROLES[pos], RECIPIENT_ROLES[pos], False, 2
        )
        made = self._act(arguments, references, attribution, i, trigger, told)
        return Proposal(i, trigger, purposed(arguments.tree, i), standing(arguments.tree, i)).take(made)

    def _quoted(self, arguments: Arguments, attribution: Attribution, taken: set[int]) -> list[Act]:
        """Acts made by quotations of political speakers in which no trigger stands."""
        tree = arguments.tree
        by_quote: dict[tuple[int, int], list[int]] = {}
        for k in range(len(tree)):
            quote = attribution.quote_at(tree.starts[k])
            if quote is not None and quote.kind == "direct":
                by_quote.setdefault((quote.start, quote.end), []).append(k)
        acts = []
        for tokens in by_quote.values():
            if taken & set(tokens):
                continue
            found = self._statements.act(tree, tokens)
            assertion = attribution.of(arguments, tokens[0])
            if found is None or assertion.mention is None:
                continue
            token, trigger = found
            actor = [party(assertion.mention, "speaker")]
            codes = {p.code for p in actor}
            act = Act(token, trigger, actor, [], assertion, False, 1)
            named = [p for k in tokens for p in arguments.party(k) if p.code not in codes]
            act.recipient = _merge(named)[:2]
            acts.append(act)
        return acts

    def _inside_another(self, tree: Tree, i: int, trigger: Trigger, found: dict[int, Trigger]) -> int | None:
        """The token whose act this one is the content of, or tells in the same phrase; None for none."""
        below = i
        for k in tree.ancestors(i):
            outer = found.get(k)
            dep = tree.deps[below]
            if dep == "relcl":
                return None
            if outer is not None:
                close = dep in _CLOSE
                if (
                    outer.event in _ENDING
                    and trigger.pos == "noun"
                    and close
                    and trigger.event
                    in ("AID", "COOPERATE", "CONSULT", "AGREE", "SANCTION", "COERCE", "MOBILIZE", "ASSAULT")
                    and not (outer.event == "REJECT" and outer.lemma in ("deny", "denial"))
                ):
                    return k
                if outer.event == trigger.event and dep in (
                    "dobj",
                    "nsubjpass",
                    "prep",
                    "compound",
                    "amod",
                    "xcomp",
                    "pobj",
                ):
                    return k
                if self._only_plans(tree, k, outer):
                    return None
                if close and outer.event in _CONTENT and dep not in ("advcl", "agent"):
                    return k
                if (
                    outer.event == "ACCUSE"
                    and dep in ("prep", "pcomp")
                    and any(tree.lemmas[p] == "of" for p in (below,))
                    and outer.lemma in ("accuse", "suspect", "convict", "charge")
                ):
                    return k
                if outer.event == "REJECT" and dep in ("xcomp", "dobj") and outer.lemma not in ("deny",):
                    return k
                if outer.pos == "noun" and trigger.pos == "noun" and dep in ("compound", "amod"):
                    return k
            if tree.deps[k] in ("relcl",) or (tree.pos(k) == "verb" and tree.deps[below] == "advcl"):
                return None
            below = k
        return None

    def _only_plans(self, tree: Tree, i: int, trigger: Trigger) -> bool:
        """ "Plan a meeting" is the meeting, still to come, not a promise beside it."""
        if trigger.event != "AGREE" or trigger.lemma not in _PLANNING:
            return False
        verbs = tree.with_dep(i, "xcomp")
        nouns = [k for v in (i, *verbs) for k in tree.with_dep(v, "dobj", "nsubjpass")]
        rows = [self.lexicon.noun(tree.lemmas[k])[:1] for k in nouns]
        rows += [self.lexicon.rows(tree.lemmas[v], "verb")[:1] for v in verbs]
        return any(row.event in _PLANNED for found in rows for row in found)

    def _naming(self, tree: Tree, i: int) -> Trigger | None:
        """ "Called it a disgrace": the act is blame or praise, by the words of the name that is given."""
        objects = set(tree.with_dep(i, "dobj", "nsubjpass"))
        names = tree.with_dep(i, "oprd", "attr", "ccomp", "xcomp", "acomp") + [
            p
            for k in tree.with_dep(i, "prep")
            if tree.lemmas[k] == "as"
            for p in (*tree.with_dep(k, "pobj"), *tree.with_dep(k, "amod"), *tree.with_dep(k, "pcomp"))
        ]
        if len(objects) > 1:
            names.append(max(objects))
        quoted = {k for o in objects for k in range(o + 1, min(o + 3, len(tree))) if tree.words[k] in _QUOTES}
        if quoted:  # in 'called him "a sick man"' the name hangs on the person
            names += [k for o in objects for k in tree.with_dep(o, "appos") if k > min(quoted)]
        if tree.lemmas[i] == "call" and not names and self._is_person(tree, objects):
            return _PHONED
        if not objects and any(tree.lemmas[k] in ("on", "upon", "for") for k in tree.with_dep(i, "prep")):
            return None  # "called on Turkey to stop" names nobody
        words = [k for name in names if name not in objects or len(objects) > 1 for k in tree.subtree(name)]
        if not words:
            return None
        events = [
            row.event
            for k in words
            for pos in ("adj", "noun", "verb")
            for row in self.lexicon.rows(tree.lemmas[k], pos)[:1]
        ]
        tone = self._statements.tone(tree, words)
        bad = sum(e in _BLAME for e in events) + max(0, -tone)
        good = sum(e in _PRAISE for e in events) + max(0, tone)
        if bad > good or (bad == good and tree.lemmas[i] in _SCORN):
            return _NAMED_BAD
        return _NAMED_GOOD if good > bad else None

    @staticmethod
    def _is_person(tree: Tree, objects: set[int]) -> bool:
        found = [tree.mentions[k] for k in objects]
        return bool(found) and all(m is not None and m.kind == "person" for m in found)

    def _act(
        self,
        arguments: Arguments,
        references: References,
        attribution: Attribution,
        i: int,
        trigger: Trigger,
        told: Told,
    ) -> Act | str:
        """The act that the rules make of a trigger, or in plain words why they make none."""
        tree = arguments.tree
        actor = _first(arguments, i, trigger.actor)
        passive = trigger.pos == "verb" and arguments.passive(i)
        recipient = _first(arguments, i, [r for r in trigger.recipient if not (passive and r == "by")])
        if trigger.event in ("ACCUSE", "REJECT", "SUPPORT") and trigger.pos == "verb":
            recipient = self._doers(arguments, i, {p.code for p in actor}) or recipient
        if trigger.pos == "noun" and not actor:
            actor = arguments.role(i, "subj")
        if trigger.pos == "noun" and not recipient and "of" in trigger.recipient:
            recipient = arguments.role(i, "of")
        if trigger.pos == "noun" and not recipient and "compound" in trigger.recipient:
            recipient = arguments.role(i, "compound")
        between = arguments.role(i, "between") if trigger.pos == "noun" else []
        if len(between) > 1:
            actor, recipient = between, between
        codes = {p.code for p in actor}
        direct = bool(actor) + bool([p for p in recipient if p.code not in codes])
        again = None
        if not actor:
            again = told_again(tree, i, trigger, told)
            if (
                again is not None
                and recipient
                and (trigger.pos == "noun" or not {p.code for p in recipient} & {p.code for p in again[1]})
            ):
                again = None  # it names its own victim: another act
        if again is not None:
            actor, other, again_symmetric = again
            recipient = recipient or other
            if {p.code for p in actor} & {p.code for p in recipient} and not again_symmetric:
                recipient = other
            codes = {p.code for p in actor}
            direct += 1
        if not recipient and trigger.event == "THREATEN" and trigger.pos == "noun":
            recipient = arguments.inside(i, codes)
            direct += bool(recipient)
        if not direct and (trigger.strength == 1 or trigger.pos == "noun"):
            return "no party stands in its own phrase"
        if trigger.pos == "noun" and trigger.strength == 1 and direct < 2:
            return "the noun alone proves little, and only one party stands in its phrase"
        if trigger.pos == "adj" and not actor:
            return "nobody is named of whom it is said"
        if trigger.pos == "adj" and direct < 2 and "comp" not in trigger.recipient:
            return "it is not said towards whom"
        if trigger.lemma == "regret":
            trigger = regretted(trigger, actor, recipient)
        assertion = attribution.of(arguments, i)
        symmetric = trigger.symmetric or len(between) > 1
        if trigger.event in _JOINT and len(actor) > 1 and not recipient:
            symmetric = True  # "Indonesia and Malaysia signed a treaty"
        if not symmetric:
            names = {p.name for p in actor if p.name}
            own = [p for p in recipient if p.how != "pronoun" and p.name not in names]
            recipient = [p for p in recipient if p.code not in codes]
            if not recipient and own and trigger.event in _DOMESTIC:
                recipient = own
        act = Act(i, trigger, actor, recipient, assertion, symmetric, direct)
        if not recipient and codes and trigger.event in ("ACCUSE", "REJECT", "SUPPORT"):
            act.recipient = self._behind(arguments, i, told, codes)
        if trigger in (_NAMED_BAD, _NAMED_GOOD) and not act.recipient:
            return "the name is given to no party"
        self._fill(act, arguments, references)
        made_a_threat(tree, act)
        if not act.actor and not act.recipient:
            return "no party is found for either side"
        if symmetric:
            both = _merge(act.actor, act.recipient)
            if len(both) < 2:
                # talks within one country have two sides that are named; a party does not meet itself
                if actor and recipient:
                    return replace(act, actor=both, recipient=both)
                return "it is done together, and only one party is found"
            return replace(act, actor=both, recipient=both)
        return act

    def _fill(self, act: Act, arguments: Arguments, references: References) -> None:
        """Find a party that the predicate's own phrase does not name."""
        tree = arguments.tree
        if not act.actor:
            speaker = act.assertion.mention
            if act.trigger.event in SPEECH and speaker is not None:
                act.actor = [party(speaker, "speaker")]
            elif act.symmetric or (act.trigger.pos == "verb" and not arguments.passive(act.token)):
                taken = {p.code for p in act.recipient}
                for k in (*tree.ancestors(act.token),):
                    if tree.pos(k) == "verb":
                        subject = [p for p in arguments.named(arguments.subjects(k)) if p.code not in taken]
                        if subject:
                            act.actor = subject
                            break
        if not act.actor and act.trigger.event == "THREATEN" and len(references.main) == 2:
            threatened = {p.code for p in act.recipient}
            if len(threatened) == 1 and threatened < set(references.main):
                (other,) = set(references.main) - threatened
                act.actor = [references.main_party(other)]
        codes = {p.code for p in act.actor}
        speaking = {act.assertion.code} - codes if act.assertion.code else set()
        others = [p for p in act.recipient if p.code not in codes]
        if act.symmetric and (len(codes | {p.code for p in others}) > 1 or (codes and act.recipient)):
            return
        if not act.recipient and codes and act.trigger.event in _OWN_PEOPLE and self._victims(arguments, act):
            act.recipient = self._place(arguments, act) or (
                act.actor if act.trigger.event != "ASSAULT" else []
            )
            if act.recipient:
                return
        if (not act.recipient or (act.symmetric and not others)) and codes:
            found = self._nearby(act, arguments, codes | speaking)
            if not found and len(codes) == 1:
                (code,) = codes
                if code in references.main and len(references.main) == 2:
                    other = references.main[0] if references.main[1] == code else references.main[1]
                    found = [references.main_party(other)]
            act.recipient = [*others, *found]

    def _doers(self, arguments: Arguments, i: int, without: set[str]) -> list[Party]:
        """Who did what is blamed or praised: "condemned U.S. sanctions on X" blames the United States."""
        for k in arguments.objects(i):
            if self.lexicon.noun(arguments.tree.lemmas[k]):
                for role in ("poss", "compound", "by"):
                    found = [p for p in arguments.role(k, role) if p.code not in without]
                    if found:
                        return found
        return []

    def _behind(self, arguments: Arguments, i: int, told: Told, without: set[str]) -> list[Party]:
        """Who is blamed where only an act told before is: "condemned the operation"."""
        tree = arguments.tree
        for k in arguments.objects(i):
            if tree.pos(k) != "noun" or not {tree.lemmas[c] for c in tree.with_dep(k, "det")} & {
                "the",
                "this",
                "that",
                "these",
            }:
                continue
            rows = self.lexicon.noun(tree.lemmas[k])
            if rows or tree.lemmas[k] in _DEEDS:
                return told.pointed(rows[0].event if rows else None, without)
        return []

    def _victims(self, arguments: Arguments, act: Act) -> bool:
        """Whether somebody or something is named as acted upon, though no actor ("three people")."""
        tree, i = arguments.tree, act.token
        if act.trigger.pos == "verb":
            return any(tree.pos(k) == "noun" for k in arguments.objects(i))
        return any(
            tree.pos(k) == "noun"
            for role in ("of", "against", "on")
            for k in arguments.prepositional(i, role)
        )

    def _place(self, arguments: Arguments, act: Act) -> list[Party]:
        """The country in which an act is told to take place."""
        tree = arguments.tree
        for k in tree.subtree(act.token):
            mention = tree.mentions[k]
            if mention is not None and tree.deps[k] == "pobj" and tree.lemmas[tree.heads[k]] in _PLACED:
                return [party(mention, "place")]
        return []

    def _nearby(self, act: Act, arguments: Arguments, taken: set[str]) -> list[Party]:
        """The nearest other actor of the sentence, below the predicate first, then after it, then before."""
        tree = arguments.tree
        below = set(tree.subtree(act.token))
        ranked = []
        for k, mention in enumerate(tree.mentions):
            if mention is None or mention.code in taken:
                continue
            where = tree.deps[k] == "pobj" and tree.lemmas[tree.heads[k]] in _PLACED
            ranked.append((where, k not in below, k < act.token, abs(k - act.token), k))
        if not ranked:
            return []
        k = min(ranked)[4]
        found = []
        for c in tree.conjuncts(k):
            mention = tree.mentions[c]
            if mention is not None and mention.code not in taken:
                found.append(party(mention, "sentence"))
        return _merge(found)


_DEEDS = frozenset(
    "decision move action step measure policy statement remark comment word plan proposal order law bill "
    "idea claim report operation project conclusion position behaviour behavior conduct".split()
)


def _named(event: str, mode: str | None) -> Trigger:
    return Trigger("call", "verb", (), event, mode, ("subj",), ("obj",), False, 2)


_NAMED_BAD = _named("ACCUSE", "disapprove")
_NAMED_GOOD = _named("SUPPORT", None)
_QUOTES = frozenset("\"“”'‘’`")
_PHONED = replace(_named("CONSULT", "phone"), symmetric=True)


def _first(arguments: Arguments, i: int, roles: Iterable[str]) -> list[Party]:
    for role in roles:
        found = arguments.role(i, role)
        if found:
            return found
    return []


def _merge(*sides: Sequence[Party]) -> list[Party]:
    seen: dict[str, Party] = {}
    for side in sides:
        for one in side:
            seen.setdefault(one.code, one)
    return list(seen.values())
