"""What is known is written down, every sentence with its evidence."""

from __future__ import annotations

from detente.briefs.brief import SECTIONS, brief
from detente.briefs.page import Evidence, evidence, markdown
from detente.briefs.support import Figures, check

__all__ = ["SECTIONS", "Evidence", "Figures", "brief", "check", "evidence", "markdown"]
