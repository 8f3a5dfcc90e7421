"""The tables of the store as SQLAlchemy sees them; `migrations` makes them.

Days are ISO texts, moments ISO timestamps, lists of short texts JSON arrays, statuses their values.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, MetaData, Table, Text

__all__ = [
    "METADATA",
    "copies",
    "corrections",
    "document_bands",
    "documents",
    "event_parties",
    "events",
    "failures",
    "forecasts",
    "imported",
    "imported_meanings",
    "imported_mentions",
    "imported_parties",
    "imported_places",
    "imports",
    "quotes",
    "runs",
    "settings",
    "sightings",
    "stories",
    "story_events",
    "story_parties",
    "ties",
    "tokens",
]

METADATA = MetaData()

documents = Table(
    "documents",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("sha256", Text, nullable=False),
    Column("title", Text),
    Column("url", Text),
    Column("published", Text),
    Column("publisher", Text),
    Column("kind", Text, nullable=False),
    Column("language", Text),
    Column("author", Text),
    Column("retrieved", Text),
    Column("text", Text, nullable=False),
    Column("run", Integer, ForeignKey("runs.number")),
    Column("retracted", Boolean, nullable=False),
    Column("modified", Text),
    Column("revises", Text),
    Column("times", Text),
    Column("turns", Text),
    Column("origin", Text),
    Column("superseded", Text),
    Column("withdrawn", Boolean, nullable=False),
    Column("reason", Text),
)

document_bands = Table(
    "document_bands",
    METADATA,
    Column("band", Integer, primary_key=True),
    Column("document", Integer, primary_key=True),
)

copies = Table(
    "copies",
    METADATA,
    Column("document", Text, ForeignKey("documents.id"), primary_key=True),
    Column("other", Text, ForeignKey("documents.id"), primary_key=True),
)

sightings = Table(
    "sightings",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("document", Text, ForeignKey("documents.id"), nullable=False),
    Column("url", Text),
    Column("publisher", Text),
    Column("published", Text),
    Column("retrieved", Text),
)

settings = Table(
    "settings",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("coder", Text),
    Column("version", Text, nullable=False),
    Column("at", Text),
)

events = Table(
    "events",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("document", Text, ForeignKey("documents.id"), nullable=False),
    Column("run", Integer, ForeignKey("runs.number")),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("symmetric", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("trigger_start", Integer, nullable=False),
    Column("quad", Integer, nullable=False),
    Column("cameo", Text),
    Column("modes", Text, nullable=False),
    Column("contexts", Text, nullable=False),
    Column("date", Text),
    Column("date_end", Text),
    Column("date_text", Text),
    Column("date_reason", Text),
    Column("speaker", Text),
    Column("voice", Text, nullable=False),
    Column("confidence", Float),
    Column("coder", Text, nullable=False),
    # What the store works out itself: the days to search by and the block to merge in.
    Column("day_first", Text),
    Column("day_last", Text),
    Column("dated", Boolean, nullable=False),
    Column("block", Text),
    Column("seconds", Float),
    # What an analyst's corrections make of it; see `detente.store.corrected`.
    Column("struck", Boolean, nullable=False, server_default="0"),
    Column("stands_for", Text),
)

event_parties = Table(
    "event_parties",
    METADATA,
    Column("event", Text, ForeignKey("events.id"), primary_key=True),
    Column("side", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("sector", Text),
    Column("text", Text, nullable=False),
    Column("name", Text),
    Column("start", Integer),
    Column("end", Integer),
    Column("how", Text, nullable=False),
)

stories = Table(
    "stories",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("block", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("symmetric", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("date", Text),
    Column("date_end", Text),
    Column("first_published", Text),
    Column("day_first", Text),
    Column("day_last", Text),
    Column("publishers", Text, nullable=False),
    Column("definition", Text, nullable=False),
)

story_events = Table(
    "story_events",
    METADATA,
    Column("event", Text, ForeignKey("events.id"), primary_key=True),
    Column("story", Text, ForeignKey("stories.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("told", Text),
)

story_parties = Table(
    "story_parties",
    METADATA,
    Column("story", Text, ForeignKey("stories.id"), primary_key=True),
    Column("side", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("code", Text, nullable=False),
)

quotes = Table(
    "quotes",
    METADATA,
    Column("document", Text, ForeignKey("documents.id"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("speaker", Text),
    Column("speaker_start", Integer),
    Column("speaker_end", Integer),
    Column("cue", Text),
)

failures = Table(
    "failures",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", Text),
    Column("coder", Text),
    Column("at", Text),
)

forecasts = Table(
    "forecasts",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

imports = Table(
    "imports",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("at", Text),
    Column("rows", Integer),
    Column("kept", Integer),
    Column("wrong", Integer),
)

# Rows of other data sets, one a dyad; see `detente.store.imported`. What many rows share (a party, a
# code with its meaning, a place) is kept once, under a number made of its content.
imported = Table(
    "imported",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("scheme", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("dyad", Integer, nullable=False),
    Column("act", Text),
    Column("date", Text),
    Column("date_end", Text),
    Column("date_is_publication", Boolean),
    Column("actor", Integer),
    Column("recipient", Integer),
    Column("meaning", Integer, nullable=False),
    Column("code_quad", Integer),
    Column("code_score", Float),
    Column("mentions", Integer),
    Column("sources", Integer),
    Column("reports", Integer),
    Column("tone", Float),
    Column("lead", Boolean),
    Column("url", Text),
    Column("publisher", Text),
    Column("published", Text),
    Column("added", Text),
    Column("language", Text),
    Column("story", Text),
    Column("sentence", Integer),
    Column("text", Text),
    Column("location", Integer),
    Column("original", Text),
    Column("run", Integer),
)

imported_parties = Table(
    "imported_parties",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("code", Text),
    Column("own", Text),
    Column("name", Text),
    Column("sectors", Text),
    Column("own_sectors", Text),
)

imported_meanings = Table(
    "imported_meanings",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("code", Text),
    Column("code_modes", Text),
    Column("event", Text),
    Column("event_reason", Text),
    Column("modes", Text),
    Column("contexts", Text),
    Column("status", Text),
    Column("quad", Integer),
    Column("score", Float),
)

imported_places = Table(
    "imported_places",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("place", Text),
    Column("country", Text),
    Column("country_code", Text),
    Column("latitude", Float),
    Column("longitude", Float),
)

imported_mentions = Table(
    "imported_mentions",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("scheme", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("mentioned", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("sentence", Integer),
    Column("event_time", Text),
    Column("kind", Text),
    Column("publisher", Text),
    Column("in_raw_text", Boolean),
    Column("confidence", Float),
    Column("length", Integer),
    Column("tone", Float),
    Column("translation", Text),
    Column("run", Integer),
)

corrections = Table(
    "corrections",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", Text),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signature", Text),
)

ties = Table(
    "ties",
    METADATA,
    Column("correction", Text, primary_key=True),
    Column("event", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("apart", Boolean, nullable=False),
)

tokens = Table(
    "tokens",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("scope", Text, nullable=False),
    Column("made", Text, nullable=False),
    Column("expires", Text),
    Column("revoked", Text),
)
