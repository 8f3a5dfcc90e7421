"""Grammar proposes: for each predicate of a sentence, the parties that stand in each of its roles.

Roles are named as in the trigger lexicon: `subj`, `obj`, `iobj`, `poss`, `compound`, `comp`, or a
preposition. Passives, conjunctions, relative and reduced clauses, control verbs and light verbs
("hold talks with") are undone here, so that the lexicon need not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from detente.coding.lexicon import Lexicon
from detente.coding.mentions import Mention
from detente.coding.references import References, party
from detente.coding.trees import Tree
from detente.records import Party

__all__ = ["LIGHT", "Arguments", "clause"]

# Verbs that lend an event noun their subject, time and modality, and report nothing themselves.
LIGHT = frozenset(
    "hold have make take give conduct launch carry stage mount issue impose sign reach strike pay "
    "deliver offer provide extend express voice place put begin start open continue resume keep "
    "undertake perform face order announce lead step wage lodge file raise lift see involve "
    "include do commit engage enter join attend send receive suffer get set run plan schedule "
    "arrange host convene level inflict cause intensify escalate expand renew".split()
)
_SUBJECT_CONTROL = frozenset(
    "promise threaten vow pledge refuse agree decline offer try seek want plan".split()
)
_CAUSING = frozenset("prompt lead cause force push drive provoke compel urge".split())
_PARTITIVE = frozenset(
    "government president minister king queen leader member people republic state official army "
    "force troop soldier citizen resident head part half number group thousand hundred dozen "
    "million majority some many most all one both several representative delegation capital city "
    "parliament chief use series wave round range kind sort type lot list term form importance".split()
)
_BEHIND = ("of", "between", "by", "from", "in", "within")
_PEOPLE = frozenset(
    "people citizen civilian protester leader official authority government rebel militant group "
    "fighter separatist troop force soldier regime population worker woman child journalist".split()
)


class Arguments:
    """Roles of the predicates of one tree.

    Args:
        tree: the sentence.
        references: resolves pronouns, titles and groups.
        voices: speaker of the quotation that a token stands in, or None, by offset.
        lexicon: tells event nouns from others.
    """

    def __init__(
        self, tree: Tree, references: References, voices: Callable[[int], Mention | None], lexicon: Lexicon
    ) -> None:
        self.tree = tree
        self._references = references
        self._voices = voices
        self._lexicon = lexicon
        self._memo: dict[tuple[int, bool], list[Party]] = {}

    def role(self, i: int, role: str) -> list[Party]:
        """Parties in one role of predicate `i`, in order, each code once."""
        return _once(self._role(i, role))

    def _role(self, i: int, role: str) -> list[Party]:
        tree = self.tree
        if role == "subj":
            return (
                self.named(self.subjects(i))
                if tree.pos(i) == "verb" or tree.deps[i] == "acomp"
                else self.named(self.holders(i))
            )
        if role == "obj":
            return self.named(self.objects(i))
        if role == "iobj":
            return self.named(tree.with_dep(i, "dative", "iobj"))
        if role == "poss":
            return self.named(tree.with_dep(i, "poss"), conj=True)
        if role == "compound":
            return self.named(
                [k for k in tree.with_dep(i, "compound", "amod", "nmod", "npadvmod") if tree.mentions[k]]
            )
        if role == "comp":
            return self._complement(i)
        found = self.named(self.prepositional(i, role))
        if found:
            return found
        if tree.pos(i) == "verb":
            for o in self.objects(i):
                if tree.starts[o] > tree.starts[i]:
                    found += self.named(self.prepositional(o, role))
        elif role not in ("of", "in", "from"):
            for k in self.governors(i):
                if tree.lemmas[k] in LIGHT:
                    found += self.named(self.prepositional(k, role))
                break
        return found

    def _complement(self, i: int) -> list[Party]:
        tree = self.tree
        for k in tree.with_dep(i, "ccomp", "xcomp", "acl", "pcomp", "advcl"):
            found = self.named(tree.with_dep(k, "nsubj", "nsubjpass"))
            if found:
                return found
        for k in tree.with_dep(i, "prep"):
            for p in tree.with_dep(k, "pcomp"):
                found = self.named(tree.with_dep(p, "nsubj", "nsubjpass")) or self.named(self.objects(p))
                if found:
                    return found
        for k in tree.with_dep(i, "ccomp", "xcomp"):
            found = self.named(self.objects(k))
            if found:
                return found
        return []

    def inside(self, i: int, without: set[str]) -> list[Party]:
        """Parties named anywhere below token `i` but those of some codes."""
        named = (self.tree.mentions[k] for k in self.tree.subtree(i))
        return _once(party(m) for m in named if m is not None and m.code not in without)

    # --- tokens in roles -------------------------------------------------------------------------

    def subjects(self, i: int, depth: int = 0) -> list[int]:
        """Tokens of who acts: the subject, the by-agent of a passive, or the subject of what governs."""
        tree = self.tree
        if depth > 6:
            return []
        if self.passive(i):
            agents = [p for k in tree.with_dep(i, "agent") for p in tree.with_dep(k, "pobj")]
            agents += [
                p
                for k in tree.with_dep(i, "prep")
                if tree.lemmas[k] == "by"
                for p in tree.with_dep(k, "pobj")
            ]
            return agents
        own = tree.with_dep(i, "nsubj", "csubj", "expl")
        if own:
            return [self._antecedent(i, k) for k in own]
        dep, head = tree.deps[i], tree.heads[i]
        if head == i:
            return []
        if dep == "relcl":
            return [head] if self.objects(i) or tree.with_dep(i, "prep") else []
        if dep == "acl":
            if tree.tags[i] == "VBG":
                return [head]
            # "plan to attack", "attempt by X to seize": whoever holds the noun
            return self.holders(head)
        if dep == "conj" and tree.lemmas[head] in _CAUSING and tree.with_dep(head, "xcomp"):
            return tree.with_dep(head, "dobj")  # "prompting X to go on, calling …": X calls
        if dep in ("conj", "xcomp", "advcl", "pcomp", "ccomp", "prep", "dep", "aux", "parataxis", "acomp"):
            verb = head
            if dep == "pcomp":
                verb = tree.heads[head]
            if tree.pos(verb) == "noun":
                return self.holders(verb)
            if dep == "xcomp" and tree.lemmas[verb] not in _SUBJECT_CONTROL:
                objects = tree.with_dep(verb, "dobj", "dative") or (
                    tree.with_dep(verb, "nsubjpass") if self.passive(verb) else []
                )
                if objects:
                    return objects
                called = self.prepositional(verb, "on")
                if called and tree.lemmas[verb] in ("call", "prevail"):
                    return called
            if self.passive(verb):
                passive = tree.with_dep(verb, "nsubjpass")
                return passive if dep in ("xcomp", "advcl", "conj") else []
            if tree.pos(verb) == "verb" or tree.tags[verb] in ("MD",):
                return self.subjects(verb, depth + 1)
        return []

    def objects(self, i: int) -> list[int]:
        """Tokens of what is acted upon."""
        tree = self.tree
        found = [self._antecedent(i, k) for k in tree.with_dep(i, "dobj", "obj", "nsubjpass")]
        if found:
            return found
        if tree.deps[i] == "acl" and tree.tags[i] == "VBN":
            return [tree.heads[i]]
        if (
            tree.deps[i] == "relcl"
            and tree.with_dep(i, "nsubj")
            and not any(tree.lemmas[k] in ("who", "which", "that") for k in tree.with_dep(i, "nsubj"))
        ):
            return [tree.heads[i]]
        if tree.deps[i] == "conj" and tree.pos(tree.heads[i]) == "verb":
            head = tree.heads[i]
            if self.passive(i) and not tree.with_dep(i, "nsubj"):
                return self.objects(head) if self.passive(head) else []
            if not tree.with_dep(i, "prep", "ccomp", "xcomp", "acomp") and not self.passive(i):
                return [k for k in tree.with_dep(head, "dobj") if k > i]
        return []

    def prepositional(self, i: int, word: str) -> list[int]:
        """Objects of the preposition `word` under token `i`."""
        tree = self.tree
        found = []
        for k in tree.with_dep(i, "prep", "agent", "dative"):
            if tree.lemmas[k] == word:
                found += tree.with_dep(k, "pobj")
                for p in tree.with_dep(k, "pcomp"):
                    found += tree.with_dep(p, "dobj")
                for deeper in tree.with_dep(k, "prep"):
                    found += tree.with_dep(deeper, "pobj")
            elif tree.words[k].lower() in ("between", "among") and word in ("between", "with"):
                found += tree.with_dep(k, "pobj") if word == "between" else []
            for deeper in tree.with_dep(k, "prep"):
                if tree.lemmas[deeper] == word:
                    found += tree.with_dep(deeper, "pobj")
            # "talks in Geneva with Iran": the second preposition often hangs on the first one's object
            for p in tree.with_dep(k, "pobj"):
                if (tree.lemmas[k] == "of" and word == "by") or (
                    tree.lemmas[k] in ("in", "at", "on", "over", "about", "via", "by", "during")
                    and word in ("with", "between", "against", "to", "for")
                ):
                    for deeper in tree.with_dep(p, "prep"):
                        if tree.lemmas[deeper] == word:
                            found += tree.with_dep(deeper, "pobj")
        return found

    def holders(self, i: int) -> list[int]:
        """Who is behind a noun: its possessor, or the subject of the light verb that governs it."""
        tree = self.tree
        own = tree.with_dep(i, "poss") or [
            k for k in tree.with_dep(i, "compound", "amod", "nmod") if tree.mentions[k]
        ]
        own = own or self.prepositional(i, "by")
        if own:
            return own
        for k in self.governors(i):
            if tree.lemmas[k] in LIGHT or tree.deps[i] == "acomp":
                return self.subjects(k)
        return []

    def governors(self, i: int) -> Iterable[int]:
        """The verb above a noun, through prepositions, conjunctions and other nouns."""
        tree = self.tree
        for k in tree.ancestors(i):
            if tree.pos(k) == "verb":
                yield k
                return
            if tree.pos(k) == "noun" and tree.lemmas[k] not in _PARTITIVE and tree.deps[i] != "conj":
                return
            if tree.deps[k] in ("relcl", "advcl", "ccomp"):
                return

    def passive(self, i: int) -> bool:
        """Whether a verb is a passive, also a reduced one ("sanctions imposed by")."""
        tree = self.tree
        if tree.with_dep(i, "nsubjpass", "auxpass", "csubjpass"):
            return True
        if tree.tags[i] != "VBN":
            return False
        if tree.deps[i] == "acl":
            return True
        if tree.deps[i] == "conj" and not tree.with_dep(i, "aux", "nsubj"):
            return self.passive(tree.heads[i])
        return bool(tree.with_dep(i, "agent"))

    def _antecedent(self, verb: int, i: int) -> int:
        """The noun that a relative pronoun stands for."""
        tree = self.tree
        if tree.tags[i] in ("WDT", "WP") or (tree.lemmas[i] == "that" and tree.deps[verb] == "relcl"):
            for k in (verb, *tree.ancestors(verb)):
                if tree.deps[k] == "relcl":
                    return tree.heads[k]
        return i

    # --- parties ---------------------------------------------------------------------------------

    def named(self, tokens: Iterable[int], conj: bool = True) -> list[Party]:
        """Parties that tokens and what is joined to them stand for."""
        found: list[Party] = []
        for i in tokens:
            for c in self.tree.conjuncts(i) if conj else [i]:
                found += self.party(c)
        return _once(found)

    def party(self, i: int, depth: int = 0) -> list[Party]:
        """Parties that one token stands for, by itself or through its modifiers."""
        key = (i, depth > 0)
        if key not in self._memo:
            self._memo[key] = self._party(i, depth)
        return self._memo[key]

    def _party(self, i: int, depth: int) -> list[Party]:
        tree = self.tree
        mention = tree.mentions[i]
        if mention is not None:
            return [party(mention)]
        voice = self._voices(tree.starts[i])
        if tree.pos(i) == "pron" or tree.tags[i] == "PRP$":
            return self._references.resolve(tree, i, voice)
        if depth > 3:
            return []
        if tree.pos(i) not in ("noun", "adj", "other", "verb"):
            return []
        found: list[Party] = []
        for k in tree.with_dep(i, "compound", "amod", "nmod", "poss"):
            for c in tree.conjuncts(k):
                owner = tree.mentions[c]
                if owner is not None:
                    found.append(party(owner))
        if found:
            return found
        for k in tree.with_dep(i, "appos"):
            found += self.party(k, depth + 1)
        if found:
            return found
        resolved = self._references.resolve(tree, i, voice)
        if resolved:
            return resolved
        for k in tree.with_dep(i, "poss", "compound"):
            for c in tree.conjuncts(k):
                found += self.party(c, depth + 1)
        return found or self._through_prepositions(i, depth)

    def _through_prepositions(self, i: int, depth: int) -> list[Party]:
        """Parties behind a noun: "the government of X", "the deal between X and Y", "strikes by X"."""
        tree = self.tree
        found: list[Party] = []
        event_noun = bool(self._lexicon.noun(tree.lemmas[i])) and tree.lemmas[i] not in _PARTITIVE
        for k in tree.with_dep(i, "prep"):
            word = tree.lemmas[k]
            if word in ("like", "including", "include") or (word == "as" and tree.lemmas[k - 1] == "such"):
                word = "from"  # "allies such as Germany" are Germany
            if word not in _BEHIND or (event_noun and word not in ("from", "between", "by")):
                continue
            for p in tree.with_dep(k, "pobj"):
                for c in tree.conjuncts(p):
                    where = tree.mentions[c]
                    if (
                        word == "in"
                        and where is not None
                        and (where.kind in ("capital", "place", "seat") or tree.lemmas[i] not in _PEOPLE)
                    ):
                        continue
                    found += self.party(c, depth + 1)
            if found:
                return found
        for k in tree.with_dep(i, "acl"):
            if tree.tags[k] == "VBN":
                found += self.named(self.subjects(k))
            elif tree.lemmas[k] == "belong":
                found += self.named(self.prepositional(k, "to"))
        return found


def _once(parties: Iterable[Party]) -> list[Party]:
    seen: dict[str, Party] = {}
    for one in parties:
        seen.setdefault(one.code, one)
    return list(seen.values())


def clause(tree: Tree, i: int) -> tuple[int, int]:
    """Offsets of the evidence of a predicate: its clause, without joined or embedded neighbours.

    A content clause ("agreed to …") is kept down to its verb and object; what hangs deeper is left out,
    for a long span swallows acts that are not its own.
    """
    anchor = i
    if tree.pos(i) == "noun":
        for k in tree.ancestors(i):
            if tree.pos(k) == "verb":
                if tree.lemmas[k] in LIGHT:
                    anchor = k
                break
            if tree.deps[k] in ("appos", "conj", "relcl"):
                break
    path = {i, anchor}
    for k in tree.ancestors(i):
        if k == anchor or anchor == i:
            break
        path.add(k)
    keep = set(path)
    stack = [(k, 0) for k in path]
    while stack:
        node, depth = stack.pop()
        keep.add(node)
        for k in tree.kids[node]:
            dep = tree.deps[k]
            if k in path or dep in _OUTSIDE:
                continue
            if dep == "neg" and tree.pos(node) != "verb" and k > node:
                continue  # "blamed Chad, not Niger"
            if dep == "conj" and (tree.pos(k) == "verb" or depth > 1 or tree.lemmas[k - 1] == "not"):
                continue
            if dep in ("ccomp", "xcomp", "pcomp"):
                if depth < 1:
                    stack.append((k, 2))
                continue
            if dep == "prep" and depth > 1 and tree.lemmas[k] != "of" and not _names(tree, k):
                continue
            if dep == "prep" and (depth > 2 or (node == anchor and k > i and tree.words[k - 1] == ",")):
                continue
            stack.append((k, depth + (dep in _DEEPER)))
    return min(tree.starts[k] for k in keep), max(tree.ends[k] for k in keep)


_OUTSIDE = frozenset("advcl parataxis relcl acl punct cc mark appos csubj intj meta preconj".split())
_DEEPER = frozenset("dobj nsubj nsubjpass pobj attr oprd conj prep agent dative".split())


def _names(tree: Tree, prep: int) -> bool:
    return any(tree.mentions[k] is not None for p in tree.with_dep(prep, "pobj") for k in (p, *tree.kids[p]))
