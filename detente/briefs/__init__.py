"""What is known is written down, every sentence with its evidence."""

from __future__ import annotations

from detente.briefs.brief import SECTIONS, brief
from detente.briefs.page import Evidence, evidence, markdown
from detente.briefs.reports import Report, article, morning, of_country, of_pair
from detente.briefs.support import Figures, check

__all__ = [
    "SECTIONS",
    "Evidence",
    "Figures",
    "Report",
    "article",
    "brief",
    "check",
    "evidence",
    "markdown",
    "morning",
    "of_country",
    "of_pair",
]
