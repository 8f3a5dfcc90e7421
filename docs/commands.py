"""What the commands print, kept in the docs: `python -m docs.commands write`, or `check`.

The help of every command goes into `reference/commands.md`; and in the README and the guides, each
command of a `console` block is run again and its output written below it. Width and colours are
fixed, so the pages are the same on every machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "commands.md"
GUIDES = (ROOT / "README.md", ROOT / "docs" / "tutorial.md")
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
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def names() -> list[str]:
    """Every command, in the order of the help."""
    import typer

    from detente.cli.main import app

    return list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def environment() -> Mapping[str, str]:
    """The environment of a run: fixed width, no colours, the commands of this Python first."""
    kept = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "PY_COLORS")}
    return {
        **kept,
        "COLUMNS": str(WIDTH),
        "TERMINAL_WIDTH": str(WIDTH),
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONIOENCODING": "utf-8",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
    }


def help_of(*arguments: str) -> str:
    """What a command prints for --help."""
    made = subprocess.run(
        [sys.executable, "-m", "detente.cli", *arguments, "--help"],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return "\n".join(line.rstrip() for line in made.stdout.splitlines()).strip("\n")


def page() -> str:
    """The page with the help of every command."""
    parts = [_INTRODUCTION, "## detente\n", f"```text\n{help_of()}\n```\n"]
    for name in names():
        parts += [f"## detente {name}\n", f"```text\n{help_of(name)}\n```\n"]
    return "\n".join(parts)


def guide(path: Path) -> str:
    """A guide with the output of its console commands as it is now.

    The commands run in order in an empty folder that shows the checkout's `docs` and `detente`, with
    a data folder of its own, so that nothing of the user's is touched.
    """
    with TemporaryDirectory() as folder:
        for name in ("docs", "detente"):
            (Path(folder) / name).symlink_to(ROOT / name)
        variables = {**environment(), "XDG_DATA_HOME": f"{folder}/data", "HOME": folder}

        def again(block: re.Match[str]) -> str:
            out = []
            for line in block[0].splitlines():
                if line.startswith("$ "):
                    out.append(line)
                    made = subprocess.run(
                        ["bash", "-c", line[2:]],
                        cwd=folder,
                        env=variables,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.STDOUT,
                        encoding="utf-8",
                        check=False,
                    )
                    shown = made.stdout.replace(folder, "~")
                    out += [told.rstrip() for told in shown.splitlines()]
            return "\n".join(out) + "\n"

        return _BLOCK.sub(again, path.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them; gives the exit code."""
    if arguments not in (["write"], ["check"]):
        print("type: python -m docs.commands write, or check")
        return 2
    differs = []
    for path in (PAGE, *GUIDES):
        text = page() if path == PAGE else guide(path)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if arguments == ["write"]:
            path.write_text(text, encoding="utf-8")
        else:
            differs.append(path.relative_to(ROOT))
    for name in differs:
        print(f"{name}: differs from what the commands print; type: make docs")
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
