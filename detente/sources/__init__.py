"""The world becomes documents."""

from detente.sources.files import read, read_all
from detente.sources.text import make_document, normalise, parse_date

__all__ = ["make_document", "normalise", "parse_date", "read", "read_all"]
