"""`detente correct`: what an analyst corrects in the machine's coding, undoes and lists."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import ListFormat, ListFormatOption, StorePath
from detente.cli.output import dump, line, note, plain, show
from detente.errors import InputError

if TYPE_CHECKING:
    from detente.store import Store
    from detente.store.correcting import Standing
    from detente.store.corrections import Correction, Hand

__all__ = ["correct"]

_CHANGE = "Change an act"
_STORY = "Merge and split stories"
_MISSED = "Add an act that was missed"
_LAYER = "The corrections themselves"


def correct(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EVENT|STORY]…",
            help="The id of an event; with --merge of stories; with --split of a story and its events; with"
            " --add of a document.",
            show_default=False,
        ),
    ] = None,
    wrong: Annotated[
        bool, typer.Option("--wrong", help="The act was never told; it counts nowhere.")
    ] = False,
    type: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Its type.", rich_help_panel=_CHANGE)
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option(
            "--actor",
            metavar="CODES",
            help="Who acts: codes or names with commas between them; none for nobody.",
            rich_help_panel=_CHANGE,
        ),
    ] = None,
    recipient: Annotated[
        str | None,
        typer.Option("--recipient", metavar="CODES", help="To whom it is done.", rich_help_panel=_CHANGE),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="actual, historical, future, hypothetical or negated.",
            rich_help_panel=_CHANGE,
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date",
            metavar="DAY",
            help="A day, month or year, or FROM/TO; none where the text does not tell.",
            rich_help_panel=_CHANGE,
        ),
    ] = None,
    symmetric: Annotated[
        bool | None,
        typer.Option("--symmetric/--one-way", help="Done together, or by one side.", rich_help_panel=_CHANGE),
    ] = None,
    speaker: Annotated[
        str | None,
        typer.Option(
            "--speaker", metavar="NAME", help="Who says so; none for the writer.", rich_help_panel=_CHANGE
        ),
    ] = None,
    voice: Annotated[
        str | None,
        typer.Option(
            "--voice", metavar="VOICE", help="writer, speaker or commentary.", rich_help_panel=_CHANGE
        ),
    ] = None,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="The stories named tell one act.", rich_help_panel=_STORY),
    ] = False,
    split: Annotated[
        bool,
        typer.Option("--split", help="The events named leave the story named first.", rich_help_panel=_STORY),
    ] = False,
    add: Annotated[
        bool,
        typer.Option(
            "--add",
            help="Add an act to the document named; give --evidence, --trigger, --type and the parties.",
            rich_help_panel=_MISSED,
        ),
    ] = False,
    evidence: Annotated[
        str | None,
        typer.Option(
            "--evidence",
            metavar="WORDS",
            help="The words that tell it, as they stand.",
            rich_help_panel=_MISSED,
        ),
    ] = None,
    trigger: Annotated[
        str | None,
        typer.Option(
            "--trigger",
            metavar="WORD",
            help="The word among them that makes it one.",
            rich_help_panel=_MISSED,
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who corrects.", rich_help_panel=_LAYER)
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why, kept with it.", rich_help_panel=_LAYER),
    ] = None,
    undo: Annotated[
        str | None,
        typer.Option("--undo", metavar="ID", help="Take a correction back.", rich_help_panel=_LAYER),
    ] = None,
    listed: Annotated[
        bool,
        typer.Option(
            "--list", help="List the corrections, of an event where one is named.", rich_help_panel=_LAYER
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Whether any was changed afterwards, and which are signed.",
            rich_help_panel=_LAYER,
        ),
    ] = False,
    gold: Annotated[
        Path | None,
        typer.Option(
            "--gold",
            metavar="FILE",
            help="Write the corrected articles as gold articles, which detente eval reads.",
            rich_help_panel=_LAYER,
        ),
    ] = None,
    store: StorePath = None,
    format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Correct the record: an act is wrong or another, stories are one or two, an act was missed.

    The machine's coding stays; what you say is a layer over it that everything reads, each line with your
    name and the hash of the line before. Where DETENTE_SIGNING_KEY is set the lines are signed with it.
    """
    named = list(targets or ())
    change = _change(type, actor, recipient, status, date, symmetric, speaker, voice)
    asked = {
        "--wrong": wrong,
        "--merge": merge,
        "--split": split,
        "--add": add,
        "--undo": undo is not None,
        "--list": listed,
        "--check": check,
        "--gold": gold is not None,
    }
    chosen = [name for name, given in asked.items() if given]
    if len(chosen) > 1 or (chosen and change and chosen != ["--add"]):
        raise InputError(
            "only one thing can be done at once",
            where=" ".join([*chosen, *(f"--{'type' if name == 'event' else name}" for name in change)]),
            todo="give one of them",
        )
    if not chosen and not change:
        raise InputError(
            "nothing is to be corrected",
            todo="give --wrong, a field such as --type, --merge, --split, --add, --undo or --list",
        )
    if not add and (evidence is not None or trigger is not None):
        raise InputError(
            "these words belong to --add", where="--evidence", todo="leave them out, or give --add"
        )
    from detente.store import open_store

    with open_store(store) as opened:
        if listed:
            if len(named) > 1:
                raise InputError("several events are named", where="--list", todo="name one, or none")
            return _list(opened, named[0] if named else None, format)
        if check:
            return _check(opened, format)
        if gold is not None:
            return _gold(opened, gold)
        hand = _hand(by)
        if undo is not None:
            made = opened.undo_correction(undo, hand, reason)
        elif merge:
            made = opened.merge_stories(named, hand, reason)
        elif split:
            if len(named) < 2:
                raise InputError(
                    "a split needs a story and an event of it",
                    where="--split",
                    todo="name both, the story first",
                )
            made = opened.split_story(named[0], named[1:], hand, reason)
        elif len(named) != 1:
            raise InputError(
                f"{len(named)} {'documents' if add else 'events'} are named",
                todo="name one, by its id",
            )
        elif add:
            made = _add(opened, named[0], change, evidence, trigger, hand, reason)
        elif wrong:
            made = opened.mark_wrong(named[0], hand, reason)
        else:
            made = opened.change(named[0], change, hand, reason)
        (standing,) = [s for s in opened.corrections() if s.correction.id == made.id]
    _done(standing, format)
    return None


def _hand(by: str | None) -> Hand:
    from detente.store.corrections import Hand, signing_key

    if by is None:
        raise InputError("a correction needs a name", where="--by", todo="give yours, e.g. --by Ana")
    return Hand(by, datetime.now(UTC), signing_key())


def _change(
    type: str | None,
    actor: str | None,
    recipient: str | None,
    status: str | None,
    date: str | None,
    symmetric: bool | None,
    speaker: str | None,
    voice: str | None,
) -> dict[str, Any]:
    """The fields that the options name, as the store takes them."""
    texts = {"event": type, "status": status, "voice": voice}
    change: dict[str, Any] = {name: value for name, value in texts.items() if value is not None}
    for name, typed in (("actor", actor), ("recipient", recipient)):
        if typed is not None:
            change[name] = _parties(typed)
    for name, typed in (("date", date), ("speaker", speaker)):
        if typed is not None:
            change[name] = None if typed.strip().lower() in ("", "none") else typed
    if symmetric is not None:
        change["symmetric"] = symmetric
    return change


def _parties(typed: str) -> list[str]:
    from detente.api import actor_code

    if typed.strip().lower() in ("", "none"):
        return []
    return [actor_code(name) for name in typed.split(",")]


def _add(
    opened: Store,
    document: str,
    change: dict[str, Any],
    evidence: str | None,
    trigger: str | None,
    hand: Hand,
    reason: str | None,
) -> Correction:
    from detente.store.corrected import missed

    kept = opened.document(document)
    if kept is None:
        raise InputError("no document in the store has this id", where=document, todo="check the id")
    if evidence is None or trigger is None or "event" not in change:
        raise InputError(
            "an act needs its words and its type", where="--add", todo="give --evidence, --trigger and --type"
        )
    return opened.add_missed(missed(kept, evidence, trigger, change), hand, reason)


def _done(standing: Standing, format: ListFormat) -> None:
    if format is ListFormat.JSON:
        dump({"schema": "detente.correction.v1", **_record(standing)})
    elif format is ListFormat.JSONL:
        dump(_record(standing), indent=None)
    else:
        made = standing.correction
        note(f"{_words(standing)}; undo it with: detente correct --undo {made.id} --by NAME")
        if standing.event and made.kind == "change" and standing.event != made.target:
            note(f"its id is {standing.event} now; {made.target} finds it too")


def _list(opened: Store, event: str | None, format: ListFormat) -> None:
    found = opened.corrections(event=event)
    if format is ListFormat.JSON:
        dump({"schema": "detente.corrections.v1", "corrections": [_record(s) for s in found]})
    elif format is ListFormat.JSONL:
        for standing in found:
            dump(_record(standing), indent=None)
    elif found:
        from rich.text import Text

        from detente.cli.tables import grid

        table = grid("day", "correction", "by", "words", "why")
        for standing in found:
            made = standing.correction
            style = "" if standing.holds else "dim"
            what = Text(line(_words(standing)), style=style)
            if standing.undone_by:
                what.append(f"\nundone by {standing.undone_by}")
            if standing.note:
                what.append(f"\nno effect or part of it: {line(standing.note)}", style="bold")
            table.add_row(
                Text(made.at.date().isoformat()),
                Text(made.id),
                Text(line(made.by) + (" (signed)" if made.signature else "")),
                what,
                Text(line(made.reason) or ""),
            )
        show(table)
    else:
        note("nothing was corrected" + (f" of {event}" if event else ""))


def _check(opened: Store, format: ListFormat) -> None:
    from detente.store.corrections import signing_key

    found = opened.check_corrections(signing_key())
    if format is ListFormat.TABLE:
        note(str(found))
    else:
        dump(
            {"schema": "detente.corrections_check.v1", **plain(found)},
            indent=2 if format is ListFormat.JSON else None,
        )
    if found.broken is not None:
        raise typer.Exit(1)


def _gold(opened: Store, path: Path) -> None:
    from detente.errors import FileError
    from detente.store.gold import gold, write

    articles = list(gold(opened))
    if not articles:
        note("no article that counts was corrected; nothing was written")
        return
    try:
        write(articles, path)
    except OSError as error:
        raise FileError(
            f"the file cannot be written ({error.strerror})", where=str(path), todo="name another place"
        ) from error
    note(
        f"{len(articles)} article{'' if len(articles) == 1 else 's'} written to {path};"
        " what nobody corrected in them counts as right"
    )


def _record(standing: Standing) -> dict[str, Any]:
    """A correction with what became of it, as one flat record."""
    record: dict[str, Any] = plain(standing.correction)
    others = plain(standing)
    others.pop("correction")
    return {**record, **others}


def _words(standing: Standing) -> str:
    from detente.store.correcting import words

    return words(standing.correction)
