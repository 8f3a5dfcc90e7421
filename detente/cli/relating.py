"""`detente relate`: the relation between two marked parties, for a researcher's own pairs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.output import LeftOut
from detente.errors import DataError, FileError, FormatError

if TYPE_CHECKING:
    from detente.coding.relating import Marked

COLUMNS = ("id", "marked_sentence")  # what is needed of: id, sentence, marked_sentence, source, target


def relate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.tsv",
            help="Tab-separated with a header: id and marked_sentence.",
            show_default=False,
        ),
    ],
    none: Annotated[bool, typer.Option("--none", help="Let NONE be an answer too.")] = False,
) -> None:
    """Tell what the source does to the target in sentences that mark both with <s>…</s> and <t>…</t>.

    Writes tab-separated id, event, mode, status and confidence; a line that is not marked rightly is listed
    at the end and the others are still read.
    """
    from detente.coding.coder import default_coder
    from detente.coding.model import shipped_model
    from detente.coding.relating import Relator

    model = shipped_model()
    if model is None:
        raise DataError("no model is shipped with this version", todo="run: make model")
    left = LeftOut()
    writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    writer.writerow(("id", "event", "mode", "status", "confidence"))
    for found in Relator(model, default_coder()).relate(_marked(file, left), none=none):
        left.read += 1
        writer.writerow(
            (found.id, found.event, found.mode or "", found.status or "", f"{found.confidence:.3f}")
        )
    raise typer.Exit(left.finish())


def _marked(file: Path, left: LeftOut) -> Iterator[Marked]:
    from detente.coding.relating import read_marked

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
            if missing:
                raise FormatError(
                    f"the column {' and '.join(missing)} is missing",
                    where=str(file),
                    todo="give a header with id and marked_sentence, separated by tabs",
                )
            for row in reader:
                try:
                    yield read_marked(
                        row["id"],
                        row["marked_sentence"] or "",
                        row.get("source") or "",
                        row.get("target") or "",
                    )
                except FormatError as error:
                    left.add(f"{file} line {reader.line_num}: {error}")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            f"cannot be read ({error})", where=str(file), todo="give a UTF-8 file with tabs"
        ) from error
