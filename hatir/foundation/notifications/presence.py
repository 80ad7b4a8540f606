"""Whether somebody sits before an open page; another room knows (`live`), and `pipeline` joins the two."""

from __future__ import annotations

from collections.abc import Callable

_ask: Callable[[int], bool] | None = None


def provide(ask: Callable[[int], bool]) -> None:
    """Say how to find out whether a user is here."""
    global _ask
    _ask = ask


def is_here(user_id: int) -> bool:
    """Ask whether a user has a page open; nobody is, where nothing can tell."""
    return _ask is not None and _ask(user_id)
