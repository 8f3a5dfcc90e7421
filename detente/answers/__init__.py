"""Questions are answered from the record: what is asked is shown, what is found has its evidence."""

from __future__ import annotations

from detente.answers.answer import Answer, Conversation, Proof, Searched, Verdict, answer, ask
from detente.answers.passages import Passage
from detente.answers.query import Asked, Query, described

__all__ = [
    "Answer",
    "Asked",
    "Conversation",
    "Passage",
    "Proof",
    "Query",
    "Searched",
    "Verdict",
    "answer",
    "ask",
    "described",
]
