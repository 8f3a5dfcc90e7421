"""The record in a notebook: pairs, acts and briefs as tables, charts and data frames.

`%load_ext detente.notebook` makes plain records show as tables too. Charts and pandas need the extra
`notebooks`; they are loaded when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.notebook.charts import plot_backtest
    from detente.notebook.dyad import Dyad
    from detente.notebook.page import html_of
    from detente.notebook.views import Events, Sheet

__all__ = ["Dyad", "Events", "Sheet", "html_of", "load_ipython_extension", "plot_backtest"]

_HOMES = {
    "Dyad": "dyad",
    "Events": "views",
    "Sheet": "views",
    "html_of": "page",
    "plot_backtest": "charts",
}
_SHOWN = ("Brief", "Event", "Level", "Line", "Outlook", "Position", "Quote", "Story", "Turn")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"detente.notebook.{_HOMES[name]}"), name)


def load_ipython_extension(shell: Any) -> None:
    """Let a notebook show the package's records as tables: `%load_ext detente.notebook`."""
    formatter = shell.display_formatter.formatters["text/html"]
    for name in _SHOWN:
        # By name, so that a record's module is not loaded before there is a record.
        formatter.for_type_by_name("detente.records", name, _html)
    formatter.for_type_by_name("detente.briefs.reports", "Report", _html)


def _html(record: Any) -> str:
    from detente.notebook.page import html_of

    return html_of(record)
