"""The commands' --help in the docs: `python -m docs.commands write` writes it, `check` compares it.

Width and colours are fixed, so the page is the same on every machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parent / "reference" / "commands.md"
WIDTH = 100

_INTRODUCTION = """# Commands

This page is printed by the commands themselves: `make docs` writes it, `make test` fails where it
differs.

Data goes to the standard output, messages and progress to the standard error. `--format table` is
for people; `json` is one object with a `schema` field, `jsonl` one object a line. Parties are typed
as codes (`COL`), names (`Colombia`) or demonyms (`Colombian`), days as `YYYY-MM-DD`. Without
`--store` the store is `detente.sqlite` in the data folder of your system. `NO_COLOR=1` switches
colours off; no colour says anything that a word or sign does not.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed: the message says what, where and what to do |
| 2 | wrong usage: an option, a date, a country |
| 3 | done in part: what was left out is listed |
"""


def names() -> list[str]:
    """Every command, in the order of the help."""
    import typer

    from detente.cli.main import app

    return list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def help_of(*arguments: str) -> str:
    """What a command prints for --help, at the fixed width and without colours."""
    plain = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "PY_COLORS")}
    made = subprocess.run(
        [sys.executable, "-c", "from detente.cli.main import run; run()", *arguments, "--help"],
        env={
            **plain,
            "COLUMNS": str(WIDTH),
            "TERMINAL_WIDTH": str(WIDTH),
            "NO_COLOR": "1",
            "TERM": "dumb",
            "PYTHONIOENCODING": "utf-8",
        },
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    lines = [line.rstrip() for line in made.stdout.splitlines()]
    return "\n".join(lines).strip("\n")


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, "## detente\n", f"```text\n{help_of()}\n```\n"]
    for name in names():
        parts += [f"## detente {name}\n", f"```text\n{help_of(name)}\n```\n"]
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it; gives the exit code."""
    if arguments == ["write"]:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if arguments == ["check"]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
            return 0
        print(f"{PAGE}: differs from the commands; type: make docs")
        return 1
    print("type: python -m docs.commands write, or check")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
