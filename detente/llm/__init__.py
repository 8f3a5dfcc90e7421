"""A language model, where the user has one: it drafts and codes, and nothing it says is taken on trust.

Every line it drafts passes the same support check as ours and a stricter one, every act it codes must
quote the document word for word.
"""

from __future__ import annotations

from detente.llm.coder import LlmCoder, llm_coder
from detente.llm.drafting import answer, draft
from detente.llm.server import Server, Usage, server_of
from detente.llm.settings import LlmSettings, settings

__all__ = [
    "LlmCoder",
    "LlmSettings",
    "Server",
    "Usage",
    "answer",
    "draft",
    "llm_coder",
    "server_of",
    "settings",
]
