"""GDELT's rows as columns: whole blocks at a time, for its files have millions of rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detente.codebook import codebook
from detente.formats import cameo
from detente.formats.files import Faults
from detente.store.imported import Rows, packed
from detente.store.imported import number as number_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Known", "Reader", "mention_rows", "table"]

_COLUMNS: tuple[str, ...] = (
    "key", "date", "actor", "recipient", "meaning", "code_quad", "code_score", "mentions",
    "sources", "reports", "tone", "lead", "url", "publisher", "added", "location",
)  # fmt: skip

_PARTY = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "Type1Code", "Type2Code", "Type3Code",
)  # fmt: skip
_PLACE = ("FullName", "CountryCode", "Lat", "Long")
_GEO = ("Type", "ADM1Code", "ADM2Code", "FeatureID")
_UNUSED = frozenset(
    {
        "MonthYear", "Year", "FractionDate", "EventBaseCode", "EventRootCode",
        *("ActionGeo_" + part for part in _GEO),
        *(
            side + part
            for side in ("Actor1", "Actor2")
            for part in (
                "EthnicCode", "Religion1Code", "Religion2Code", *("Geo_" + part for part in (*_PLACE, *_GEO)),
            )
        ),
    }
)  # fmt: skip
_KINDS = {
    "1": "web",
    "2": "citation",
    "3": "core",
    "4": "dtic",
    "5": "jstor",
    "6": "nontextual",
}


def table(
    first: int, block: bytes, columns: Sequence[str], faults: Faults
) -> tuple[Sequence[int], pl.DataFrame, int]:
    """A block of lines as a data frame of texts; gives the line number of each row, and how many
    rows were looked at.

    Lines that are empty are passed over; one with another number of columns or that is no UTF-8 is a
    fault.
    """
    from polars.exceptions import ComputeError, SchemaError

    ends = block.count(b"\n") + (not block.endswith(b"\n"))
    width = len(columns)
    if block.count(b"\t") == (width - 1) * ends and b"\n\n" not in block:
        try:
            # Too long a line is refused, so that with as many tabs as there should be none is short.
            return range(first, first + ends), _frame(block, columns), ends
        except (ComputeError, SchemaError):
            pass
    numbers: list[int] = []
    good: list[bytes] = []
    looked = 0
    for number, line in enumerate(block.split(b"\n"), first):
        if not line.strip():
            continue
        looked += 1
        found = line.count(b"\t") + 1
        if found != width:
            faults.add(number, f"{found} columns, not {width}")
            continue
        try:
            line.decode()
        except UnicodeDecodeError as error:
            faults.add(number, f"it is no UTF-8 at byte {error.start + 1}")
            continue
        numbers.append(number)
        good.append(line)
    return numbers, _frame(b"\n".join(good), columns), looked


def _frame(block: bytes, columns: Sequence[str]) -> pl.DataFrame:
    import polars as pl

    schema = dict.fromkeys(columns, pl.String)
    if not block:
        return pl.DataFrame(schema=schema)
    lines = pl.scan_csv(
        io.BytesIO(block),
        has_header=False,
        separator="\t",
        quote_char=None,
        schema=schema,
    )
    # Half of the columns of an event are of no use here, and making them takes half of the time.
    return lines.select(name for name in columns if name not in _UNUSED).collect()


def _typed(frame: pl.DataFrame, numbers: Sequence[int], faults: Faults) -> pl.DataFrame:
    """The rows whose numbers and days are such, with those and with what belongs together."""
    import polars as pl

    text = pl.col
    whole = ["QuadClass", "NumMentions", "NumSources", "NumArticles", "IsRootEvent"]
    decimal = ["GoldsteinScale", "AvgTone"]
    if "SOURCEURL" not in frame.columns:
        frame = frame.with_columns(SOURCEURL=pl.lit(None, pl.String))
    frame = frame.with_columns(
        date=text("SQLDATE").str.to_date("%Y%m%d", strict=False),
        **{f"n_{name}": text(name).cast(pl.Int64, strict=False) for name in whole},
        **{f"n_{name}": text(name).cast(pl.Float64, strict=False) for name in decimal},
    )
    checks: list[tuple[str, pl.Expr]] = [
        ("GLOBALEVENTID", ~text("GLOBALEVENTID").str.contains(r"^\d+$").fill_null(value=False)),
        ("SQLDATE", text("date").is_null()),
        ("QuadClass", text("n_QuadClass").is_not_null() & ~text("n_QuadClass").is_between(1, 4)),
        ("IsRootEvent", ~text("n_IsRootEvent").is_between(0, 1)),
        *((n, text(n).is_not_null() & text(f"n_{n}").is_null()) for n in [*whole, *decimal]),
    ]
    frame = _checked(frame, checks, numbers, faults)
    sides = ("Actor1", "Actor2")
    return frame.with_columns(
        *(_together(f"p_{side}", (f"{side}{part}" for part in _PARTY)) for side in sides),
        _together("p_place", (f"ActionGeo_{part}" for part in _PLACE)),
    )


def _chosen(frame: pl.DataFrame, *, day_only: bool) -> pl.DataFrame:
    """The columns of the table in the order of `_COLUMNS`."""
    import polars as pl

    text = pl.col
    web = text("SOURCEURL").str.starts_with("http")
    house = text("SOURCEURL").str.extract(r"^https?://(?:www\.)?([^/:?#]+)")
    return frame.select(
        text("GLOBALEVENTID"),
        text("date").cast(pl.String),
        text("actor"),
        text("recipient"),
        text("meaning"),
        text("n_QuadClass"),
        text("n_GoldsteinScale"),
        text("n_NumMentions"),
        text("n_NumSources"),
        text("n_NumArticles"),
        text("n_AvgTone"),
        text("n_IsRootEvent"),
        pl.when(web).then(text("SOURCEURL")).alias("url"),
        # Where GDELT has no address it names the publisher in its place.
        pl.when(web).then(house).otherwise(text("SOURCEURL")).alias("publisher"),
        _moment("DATEADDED", day_only=day_only),
        text("location"),
    )


def _together(name: str, columns: Iterable[str]) -> pl.Expr:
    import polars as pl

    cells = [pl.col(column).fill_null("") for column in columns]
    return pl.concat_str(cells, separator="\t").alias(name)


def _moment(name: str, *, day_only: bool = False) -> pl.Expr:
    """A column of digits as an ISO day or moment (UTC)."""
    import polars as pl

    value = pl.col(name)
    if day_only:
        return value.str.to_date("%Y%m%d", strict=False).cast(pl.String)
    moment = value.str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us")
    return moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def _checked(
    frame: pl.DataFrame,
    checks: Sequence[tuple[str, pl.Expr]],
    numbers: Sequence[int],
    faults: Faults,
) -> pl.DataFrame:
    """The rows that pass; of the others the first column that fails is named."""
    import polars as pl

    wrong = pl.any_horizontal(check for _, check in checks)
    bad = frame.select(wrong.fill_null(value=False).alias("wrong"))["wrong"]
    if not bad.any():
        return frame
    why = pl.coalesce(pl.when(check).then(pl.lit(name)) for name, check in checks)
    named = frame.with_row_index("at").filter(bad).with_columns(why=why)
    for row in named.iter_rows(named=True):
        column = row["why"]
        faults.add(numbers[row["at"]], f"{column} is {row[column] or ''!r}")
    return frame.filter(~bad)


class Known:
    """What the values of a file's columns mean, worked out once for each.

    It is forgotten when there is too much of it, so that memory does not grow with the file; what is
    then told again is in the store already.
    """

    def __init__(self, translate: Callable[[Any], tuple[Any, ...]], most: int = 100_000) -> None:
        self._translate = translate
        self._most = most
        self._numbers: dict[Any, int | None] = {}

    def join(
        self, frame: pl.DataFrame, columns: Mapping[str, str]
    ) -> tuple[pl.DataFrame, list[tuple[Any, ...]]]:
        """The frame with the numbers of what columns mean, under the names given, and the rows of
        what was not known before, each with its number first.
        """
        import polars as pl

        fresh: list[tuple[Any, ...]] = []
        if len(self._numbers) > self._most:
            self._numbers.clear()
        for column, name in columns.items():
            values = frame[column].unique().to_list()
            for value in values:
                if value not in self._numbers:
                    row = self._translate(value)
                    empty = all(cell is None for cell in row)
                    self._numbers[value] = None if empty else number_of(row)
                    if not empty:
                        fresh.append((self._numbers[value], *row))
            pairs = pl.DataFrame(
                {column: values, name: [self._numbers[value] for value in values]},
                schema={column: pl.String, name: pl.Int64},
            )
            frame = frame.join(pairs, on=column, how="left", nulls_equal=True, maintain_order="left")
        return frame, fresh


class Reader:
    """Makes rows of the frames of one file."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.meanings, self.parties, self.places = Known(_event), Known(_party), Known(_place)

    def rows(self, frame: pl.DataFrame, numbers: Sequence[int], faults: Faults) -> Rows:
        """The rows of events; a row with a broken number or day is a fault."""
        frame = _typed(frame, numbers, faults)
        frame, meanings = self.meanings.join(frame, {"EventCode": "meaning"})
        frame, parties = self.parties.join(frame, {"p_Actor1": "actor", "p_Actor2": "recipient"})
        frame, places = self.places.join(frame, {"p_place": "location"})
        rows = _tuples(_chosen(frame, day_only=self.scheme == "gdelt1"))
        same = (("scheme", self.scheme), ("dyad", 1))
        return Rows(_COLUMNS, rows, same, parties, meanings, places)


def _event(code: str | None) -> tuple[Any, ...]:
    """The columns of a meaning."""
    made = cameo.from_cameo(code)
    book = codebook()
    return (
        code,
        None,
        made.event,
        made.reason,
        packed(made.modes),
        packed(made.contexts),
        None,
        book.quad(made.event) if made.event else None,
        book.score(made.event, made.modes) if made.event else None,
    )


def _party(cells: str) -> tuple[Any, ...]:
    """The columns of a party."""
    own, name, country, group, *types = cells.split("\t")
    kinds = tuple(kind for kind in types if kind)
    made = cameo.actor(country, group, kinds)
    return made.code, own or None, name or None, packed(made.sectors), packed(kinds)


def _place(cells: str) -> tuple[Any, ...]:
    """The columns of a place; an angle that is none is left out."""
    name, country, latitude, longitude = cells.split("\t")
    angles = (_angle(latitude), _angle(longitude))
    return name or None, cameo.fips_country(country), country or None, *angles


def _angle(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if -180 <= value <= 180 else None


def _tuples(frame: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The rows of a frame, once; `DataFrame.rows` makes each by itself and takes more than twice as long."""
    return zip(*(column.to_list() for column in frame), strict=True)


def mention_rows(frame: pl.DataFrame, numbers: Sequence[int], faults: Faults) -> Iterator[tuple[Any, ...]]:
    """The rows of mentions in the order of `MENTION_COLUMNS` without the run."""
    import polars as pl

    text = pl.col
    whole = ["SentenceID", "InRawText", "Confidence", "MentionDocLen"]
    frame = frame.with_columns(
        mentioned=_moment("MentionTimeDate"),
        tone=text("MentionDocTone").cast(pl.Float64, strict=False),
        **{f"n_{name}": text(name).cast(pl.Int64, strict=False) for name in whole},
    )
    checks: list[tuple[str, pl.Expr]] = [
        ("GLOBALEVENTID", ~text("GLOBALEVENTID").str.contains(r"^\d+$").fill_null(value=False)),
        ("MentionTimeDate", text("mentioned").is_null()),
        ("MentionIdentifier", text("MentionIdentifier").is_null()),
        ("Confidence", ~text("n_Confidence").is_between(0, 100)),
        *((n, text(n).is_not_null() & text(f"n_{n}").is_null()) for n in whole),
    ]
    frame = _checked(frame, checks, numbers, faults)
    chosen = frame.select(
        pl.lit("gdelt2"),
        text("GLOBALEVENTID"),
        text("mentioned"),
        text("MentionIdentifier"),
        text("n_SentenceID"),
        _moment("EventTimeDate").alias("event_time"),
        text("MentionType").replace_strict(_KINDS, default=None, return_dtype=pl.String),
        text("MentionSourceName"),
        text("n_InRawText"),
        text("n_Confidence") / 100,
        text("n_MentionDocLen"),
        text("tone"),
        text("MentionDocTranslationInfo"),
    )
    return _tuples(chosen)
