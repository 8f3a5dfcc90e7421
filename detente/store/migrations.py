"""The steps that bring a store from any older schema to this one, one transaction for all.

A step that has been released is never edited; a change of the schema is a new step at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from detente.errors import SchemaTooNew, StoreError

__all__ = ["APPLICATION", "MIGRATIONS", "migrate"]

APPLICATION = 0x44C3A974
"""Kept in the file's header, so that another program's database is never taken for a store."""

Step = Callable[[Connection], None]


def migrate(
    connection: Connection, *, steps: Sequence[Step] | None = None, where: str | None = None
) -> tuple[int, int]:
    """Bring the schema up to date within the caller's transaction; gives the versions before,
    after.

    The version is the number of steps taken, kept in `PRAGMA user_version`. Raises `SchemaTooNew`
    for a store of a newer version and `StoreError` for a database that is no store.
    """
    steps = MIGRATIONS if steps is None else steps
    found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    mark = int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())
    if mark != APPLICATION:
        tables = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
        if tables or found or mark:
            raise StoreError(
                "this database was not made by detente", where=where, todo="give another --store"
            )
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
    if found > len(steps):
        raise SchemaTooNew(found, len(steps), where=where)
    for step in steps[found:]:
        step(connection)
    if found < len(steps):
        connection.exec_driver_sql(f"PRAGMA user_version = {len(steps)}")
    return found, len(steps)


def _first(connection: Connection) -> None:
    for statement in _FIRST:
        connection.exec_driver_sql(statement)


_FIRST = (
    """
    CREATE TABLE runs (
        number INTEGER PRIMARY KEY, coder TEXT, version TEXT NOT NULL, at TEXT
    )""",
    """
    CREATE TABLE documents (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL UNIQUE,
        title TEXT, url TEXT, published TEXT, publisher TEXT, kind TEXT NOT NULL, language TEXT,
        author TEXT, retrieved TEXT, text TEXT NOT NULL,
        run INTEGER REFERENCES runs (number),
        retracted INTEGER NOT NULL DEFAULT 0 CHECK (retracted IN (0, 1))
    )""",
    "CREATE INDEX documents_published ON documents (published)",
    """
    CREATE TABLE events (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        document TEXT NOT NULL REFERENCES documents (id), run INTEGER REFERENCES runs (number),
        start INTEGER NOT NULL, "end" INTEGER NOT NULL CHECK ("end" >= start), text TEXT NOT NULL,
        event TEXT NOT NULL, symmetric INTEGER NOT NULL CHECK (symmetric IN (0, 1)),
        status TEXT NOT NULL, "trigger" TEXT NOT NULL, trigger_start INTEGER NOT NULL,
        quad INTEGER NOT NULL CHECK (quad BETWEEN 1 AND 4), cameo TEXT, modes TEXT NOT NULL,
        contexts TEXT NOT NULL, date TEXT, date_end TEXT, date_text TEXT, date_reason TEXT,
        speaker TEXT, voice TEXT NOT NULL, confidence REAL, coder TEXT NOT NULL,
        day_first TEXT, day_last TEXT, dated INTEGER NOT NULL CHECK (dated IN (0, 1)), block TEXT
    )""",
    "CREATE INDEX events_document ON events (document)",
    "CREATE INDEX events_days ON events (day_first, day_last)",
    "CREATE INDEX events_block ON events (block, day_first)",
    """
    CREATE TABLE event_parties (
        event TEXT NOT NULL REFERENCES events (id),
        side TEXT NOT NULL CHECK (side IN ('actor', 'recipient')), position INTEGER NOT NULL,
        code TEXT NOT NULL, sector TEXT, text TEXT NOT NULL, name TEXT, start INTEGER,
        "end" INTEGER, how TEXT NOT NULL, PRIMARY KEY (event, side, position)
    ) WITHOUT ROWID""",
    "CREATE INDEX event_parties_code ON event_parties (code, side, event)",
    """
    CREATE TABLE stories (
        id TEXT PRIMARY KEY, block TEXT NOT NULL, event TEXT NOT NULL, symmetric INTEGER NOT NULL,
        status TEXT NOT NULL, date TEXT, date_end TEXT, first_published TEXT, day_first TEXT,
        day_last TEXT, publishers TEXT NOT NULL, definition TEXT NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX stories_days ON stories (day_first, day_last)",
    """
    CREATE TABLE story_events (
        event TEXT PRIMARY KEY REFERENCES events (id),
        story TEXT NOT NULL REFERENCES stories (id), position INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX story_events_story ON story_events (story, position)",
    """
    CREATE TABLE story_parties (
        story TEXT NOT NULL REFERENCES stories (id),
        side TEXT NOT NULL CHECK (side IN ('actor', 'recipient')), position INTEGER NOT NULL,
        code TEXT NOT NULL, PRIMARY KEY (story, side, position)
    ) WITHOUT ROWID""",
    "CREATE INDEX story_parties_code ON story_parties (code, side, story)",
    """
    CREATE TABLE quotes (
        document TEXT NOT NULL REFERENCES documents (id), start INTEGER NOT NULL,
        "end" INTEGER NOT NULL, text TEXT NOT NULL, kind TEXT NOT NULL, speaker TEXT,
        speaker_start INTEGER, speaker_end INTEGER, cue TEXT, PRIMARY KEY (document, start, "end")
    ) WITHOUT ROWID""",
    """
    CREATE TABLE failures (
        number INTEGER PRIMARY KEY, place TEXT NOT NULL, reason TEXT NOT NULL, document TEXT,
        coder TEXT, at TEXT, UNIQUE (place, reason)
    )""",
    """
    CREATE TABLE forecasts (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL,
        prev_hash TEXT NOT NULL UNIQUE, hash TEXT NOT NULL UNIQUE
    )""",
    """
    CREATE TRIGGER forecasts_stay BEFORE UPDATE ON forecasts
    BEGIN SELECT RAISE(ABORT, 'a filed forecast cannot be changed'); END""",
    """
    CREATE TRIGGER forecasts_remain BEFORE DELETE ON forecasts
    BEGIN SELECT RAISE(ABORT, 'a filed forecast cannot be removed'); END""",
    # It has no copy of its own of the words; the triggers keep it in step.
    """
    CREATE VIRTUAL TABLE documents_fts USING fts5 (
        title, text, content='documents', content_rowid='number',
        tokenize='porter unicode61 remove_diacritics 2'
    )""",
    """
    CREATE TRIGGER documents_fts_new AFTER INSERT ON documents BEGIN
        INSERT INTO documents_fts (rowid, title, text) VALUES (new.number, new.title, new.text);
    END""",
    """
    CREATE VIRTUAL TABLE events_fts USING fts5 (
        text, content='events', content_rowid='number',
        tokenize='porter unicode61 remove_diacritics 2'
    )""",
    """
    CREATE TRIGGER events_fts_new AFTER INSERT ON events BEGIN
        INSERT INTO events_fts (rowid, text) VALUES (new.number, new.text);
    END""",
    # The words and the evidence never change, so the search has no need of further triggers.
    """
    CREATE TRIGGER documents_stay BEFORE UPDATE OF id, sha256, title, text ON documents
    BEGIN SELECT RAISE(ABORT, 'a stored document cannot be changed'); END""",
    """
    CREATE TRIGGER documents_remain BEFORE DELETE ON documents
    BEGIN SELECT RAISE(ABORT, 'a stored document cannot be removed; retract it'); END""",
    """
    CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'a stored event cannot be removed; retract its document'); END""",
    """
    CREATE TRIGGER events_stay BEFORE UPDATE OF id, document, start, "end", text ON events
    BEGIN SELECT RAISE(ABORT, 'the evidence of an event cannot be changed'); END""",
)


def _imported(connection: Connection) -> None:
    for statement in _IMPORTED:
        connection.exec_driver_sql(statement)


_IMPORTED = (
    """
    CREATE TABLE imports (
        number INTEGER PRIMARY KEY, place TEXT NOT NULL, format TEXT NOT NULL, at TEXT,
        rows INTEGER, kept INTEGER, wrong INTEGER
    )""",
    """
    CREATE TABLE imported_parties (
        number INTEGER PRIMARY KEY, code TEXT, own TEXT, name TEXT, sectors TEXT, own_sectors TEXT
    )""",
    "CREATE INDEX imported_parties_code ON imported_parties (code)",
    """
    CREATE TABLE imported_meanings (
        number INTEGER PRIMARY KEY, code TEXT, code_modes TEXT, event TEXT, event_reason TEXT,
        modes TEXT, contexts TEXT, status TEXT, quad INTEGER CHECK (quad BETWEEN 1 AND 4),
        score REAL, CHECK (event IS NOT NULL OR event_reason IS NOT NULL)
    )""",
    """
    CREATE TABLE imported_places (
        number INTEGER PRIMARY KEY, place TEXT, country TEXT, country_code TEXT, latitude REAL,
        longitude REAL
    )""",
    # No foreign keys here: they are always written in one transaction with what they refer to, and
    # five look-ups a row would take a quarter of the time.
    """
    CREATE TABLE imported (
        number INTEGER PRIMARY KEY, scheme TEXT NOT NULL, key TEXT NOT NULL,
        dyad INTEGER NOT NULL, act TEXT, date TEXT, date_end TEXT,
        date_is_publication INTEGER CHECK (date_is_publication IN (0, 1)),
        actor INTEGER,
        recipient INTEGER,
        meaning INTEGER NOT NULL,
        code_quad INTEGER CHECK (code_quad BETWEEN 0 AND 4), code_score REAL, mentions INTEGER,
        sources INTEGER, reports INTEGER, tone REAL, lead INTEGER CHECK (lead IN (0, 1)),
        url TEXT, publisher TEXT, published TEXT, added TEXT, language TEXT, story TEXT,
        sentence INTEGER, text TEXT, location INTEGER,
        original TEXT, run INTEGER
    )""",
    "CREATE UNIQUE INDEX imported_key ON imported (scheme, key, dyad)",
    # Rows without two parties are much of a file and are never asked for by pair.
    """
    CREATE INDEX imported_pair ON imported (actor, recipient)
        WHERE actor IS NOT NULL AND recipient IS NOT NULL""",
    # For people who write their own queries: one row a dyad with everything in words.
    """
    CREATE VIEW imported_events AS
        SELECT i.number, i.scheme, i.key, i.dyad, coalesce(i.act, i.key) AS act, i.date, i.date_end,
            i.date_is_publication, a.code AS actor_code, a.own AS actor_own, a.name AS actor_name,
            a.sectors AS actor_sectors, a.own_sectors AS actor_own_sectors,
            r.code AS recipient_code, r.own AS recipient_own, r.name AS recipient_name,
            r.sectors AS recipient_sectors, r.own_sectors AS recipient_own_sectors, m.event,
            m.event_reason, m.modes, m.contexts, m.status, m.quad, m.score, m.code, m.code_modes,
            i.code_quad, i.code_score, i.mentions, i.sources, i.reports, i.tone, i.lead, i.url,
            i.publisher, i.published, i.added, i.language, i.story, i.sentence, i.text, p.place,
            p.country, p.country_code, p.latitude, p.longitude, i.original, i.run
        FROM imported AS i
        JOIN imported_meanings AS m ON m.number = i.meaning
        LEFT JOIN imported_parties AS a ON a.number = i.actor
        LEFT JOIN imported_parties AS r ON r.number = i.recipient
        LEFT JOIN imported_places AS p ON p.number = i.location""",
    """
    CREATE TABLE imported_mentions (
        number INTEGER PRIMARY KEY, scheme TEXT NOT NULL, key TEXT NOT NULL,
        mentioned TEXT NOT NULL, url TEXT NOT NULL, sentence INTEGER, event_time TEXT, kind TEXT,
        publisher TEXT, in_raw_text INTEGER CHECK (in_raw_text IN (0, 1)), confidence REAL,
        length INTEGER, tone REAL, translation TEXT, run INTEGER
    )""",
    """
    CREATE UNIQUE INDEX imported_mentions_key
        ON imported_mentions (scheme, key, url, sentence, mentioned)""",
)


def _repeats(connection: Connection) -> None:
    for statement in _REPEATS:
        connection.exec_driver_sql(statement)


_REPEATS = (
    "ALTER TABLE documents ADD COLUMN modified TEXT",
    "ALTER TABLE documents ADD COLUMN revises TEXT",
    "ALTER TABLE documents ADD COLUMN times TEXT",
    "ALTER TABLE documents ADD COLUMN turns TEXT",
    "ALTER TABLE documents ADD COLUMN origin TEXT",
    "ALTER TABLE documents ADD COLUMN superseded TEXT",
    # `retracted` is what counts; these say by whom: by hand, with a reason, or by a later version.
    "ALTER TABLE documents ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1))",
    "ALTER TABLE documents ADD COLUMN reason TEXT",
    "UPDATE documents SET withdrawn = retracted",
    "CREATE INDEX documents_revises ON documents (revises) WHERE revises IS NOT NULL",
    "CREATE INDEX documents_url ON documents (url) WHERE url IS NOT NULL",
    "ALTER TABLE events ADD COLUMN seconds REAL",
    # The keys of a text's signature: texts with one in common may be copies.
    """
    CREATE TABLE document_bands (
        band INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (band, document)
    ) WITHOUT ROWID""",
    # In both directions.
    """
    CREATE TABLE copies (
        document TEXT NOT NULL REFERENCES documents (id),
        other TEXT NOT NULL REFERENCES documents (id), PRIMARY KEY (document, other)
    ) WITHOUT ROWID""",
    # Where else the very same text was found.
    """
    CREATE TABLE sightings (
        number INTEGER PRIMARY KEY, document TEXT NOT NULL REFERENCES documents (id), url TEXT,
        publisher TEXT, published TEXT, retrieved TEXT
    )""",
    "CREATE INDEX sightings_document ON sightings (document)",
    "CREATE INDEX sightings_url ON sightings (url) WHERE url IS NOT NULL",
    # The rules by which what is worked out from the rest was worked out last.
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)


def _desk(connection: Connection) -> None:
    for statement in _DESK:
        connection.exec_driver_sql(statement)


_DESK = (
    # What an analyst changed, in order; a line is never edited, a change is undone by another one.
    """
    CREATE TABLE corrections (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, by TEXT NOT NULL,
        kind TEXT NOT NULL, target TEXT NOT NULL, body TEXT NOT NULL, reason TEXT,
        prev_hash TEXT NOT NULL, hash TEXT NOT NULL
    )""",
    "CREATE INDEX corrections_target ON corrections (target)",
    # Who may ask the desk; of a token only a hash is kept.
    """
    CREATE TABLE tokens (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scope TEXT NOT NULL,
        made TEXT NOT NULL, expires TEXT, revoked TEXT
    ) WITHOUT ROWID""",
)


def _corrected(connection: Connection) -> None:
    for statement in _CORRECTED:
        connection.exec_driver_sql(statement)


_CORRECTED = (
    "ALTER TABLE corrections ADD COLUMN signature TEXT",
    """
    CREATE TRIGGER corrections_stay BEFORE UPDATE ON corrections
    BEGIN SELECT RAISE(ABORT, 'a correction cannot be changed; undo it'); END""",
    """
    CREATE TRIGGER corrections_remain BEFORE DELETE ON corrections
    BEGIN SELECT RAISE(ABORT, 'a correction cannot be removed; undo it'); END""",
    # A struck event counts nowhere; one that stands for another is what a person made of it. What a
    # person made has a number below zero, so that no list of new events takes it for one.
    "ALTER TABLE events ADD COLUMN struck INTEGER NOT NULL DEFAULT 0 CHECK (struck IN (0, 1))",
    "ALTER TABLE events ADD COLUMN stands_for TEXT",
    "CREATE UNIQUE INDEX events_stands_for ON events (stands_for) WHERE stands_for IS NOT NULL",
    "DROP TRIGGER events_remain",
    """
    CREATE TRIGGER events_remain BEFORE DELETE ON events WHEN old.stands_for IS NULL
    BEGIN SELECT RAISE(ABORT, 'a stored event cannot be removed; retract its document'); END""",
    """
    CREATE TRIGGER events_fts_gone AFTER DELETE ON events BEGIN
        INSERT INTO events_fts (events_fts, rowid, text) VALUES ('delete', old.number, old.text);
    END""",
    # The story that the rules tell with an event, where a person merged or split that one.
    "ALTER TABLE story_events ADD COLUMN told TEXT",
    "CREATE INDEX story_events_told ON story_events (told) WHERE told IS NOT NULL",
    # Which events a merge or a split that holds is about; `apart` are those that leave the others.
    """
    CREATE TABLE ties (
        correction TEXT NOT NULL, event TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL,
        apart INTEGER NOT NULL CHECK (apart IN (0, 1)), PRIMARY KEY (correction, event)
    ) WITHOUT ROWID""",
    "CREATE INDEX ties_event ON ties (event)",
    # What counting asks of a document, so that its text is not read to come to the columns behind it.
    """
    CREATE INDEX documents_counted
        ON documents (id, published, retracted, modified, revises, superseded, withdrawn)""",
)

MIGRATIONS: tuple[Step, ...] = (_first, _imported, _repeats, _desk, _corrected)
"""The steps in order; their number is the version of the schema."""
