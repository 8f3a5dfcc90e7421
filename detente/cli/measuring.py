"""`detente eval`: the coder against hand-coded articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import CoderOption, OneFormat, OneFormatOption, SureOption
from detente.cli.output import LeftOut, dump, show
from detente.errors import DetenteError, FileError

if TYPE_CHECKING:
    from detente.coding.evaluation import GoldArticle

__all__ = ["evaluate"]

Gold = Annotated[
    list[Path],
    typer.Argument(
        metavar="GOLD…",
        help="Hand-coded articles: .json (one article), .jsonl (one a line), or folders of them.",
        show_default=False,
    ),
]

# What each score asks of an act; the figures themselves are defined in `coding.evaluation`.
_MEANING = {
    "detect": "F1: the sentence holds an act",
    "parties": "F1: and both sides are right",
    "typed": "F1: and the type is right",
    "full": "F1: and the status is right",
    "status": "accuracy among typed acts",
    "date": "accuracy among typed acts with a date",
    "speaker": "accuracy among typed acts",
}


def evaluate(
    gold: Gold,
    format: OneFormatOption = OneFormat.TABLE,
    coder_name: CoderOption = "auto",
    sure: SureOption = None,
) -> None:
    """Code hand-coded articles and score the result: parties, type, status, date, speaker."""
    from detente.api import coder_of
    from detente.coding.evaluation import score
    from detente.records import Document
    from detente.sources.text import parse_date

    left = LeftOut()
    articles: list[GoldArticle] = []
    for path in gold:
        for file in _files(path, left):
            try:
                articles += _read(file)
            except DetenteError as error:
                left.add(error)
    left.read = len(articles)
    if articles:
        coder = coder_of(coder_name, sure)
        coded = {}
        for a in articles:
            # not normalised: the gold spans count in this very text
            document = Document(a.id, a.text, published=parse_date(a.published) if a.published else None)
            coded[a.id] = list(coder.code(document))
        scores = score(articles, coded)
        record = scores.as_dict()
        if format is OneFormat.JSON:
            dump(
                {
                    "schema": "detente.eval.v1",
                    "coder": coder.name,
                    "articles": len(articles),
                    "scores": record,
                    "left_out": left.reasons,
                }
            )
        else:
            from rich.text import Text

            from detente.cli.tables import grid

            table = grid("measure", "share", "what it asks", right=(1,))
            for name, meaning in _MEANING.items():
                table.add_row(Text(name), Text(f"{record[name]:.3f}"), Text(meaning))
            show(
                f"{coder.name} on {len(articles)} article{'' if len(articles) == 1 else 's'}:"
                f" {scores.gold} acts by hand, {scores.coded} coded",
                table,
                f"{scores.false_actual} of {scores.must_not} passages without acts were given an actual one",
            )
    raise typer.Exit(left.finish())


def _files(path: Path, left: LeftOut) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted([*path.glob("*.json"), *path.glob("*.jsonl")])
    if not found:
        left.add(
            FileError(
                "no .json or .jsonl file is in the folder",
                where=str(path),
                todo="name one that has",
            )
        )
    return found


def _read(file: Path) -> list[GoldArticle]:
    from detente.coding.evaluation import read_gold

    try:
        found = read_gold([file])
    except FileNotFoundError as error:
        raise FileError("there is no such file", where=str(file), todo="check the path") from error
    except OSError as error:
        raise FileError(
            f"the file cannot be read ({error.strerror})", where=str(file), todo="check its rights"
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError, AttributeError) as error:
        raise FileError(
            f"no gold article ({error})", where=str(file), todo="give gold articles as UTF-8 JSON"
        ) from error
    if not found:
        raise FileError("the file is empty", where=str(file), todo="give one gold article")
    return found
