"""The terminal speaks the operator's language before Django is there: the same catalogue through plain gettext."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

from hatir.config.env import operator_language

CATALOGUES = Path(__file__).resolve().parent.parent.parent / "locale"


def _(message: str) -> str:
    """Translate one message of the terminal."""
    return gettext.gettext(message)


def speak() -> None:
    """Choose the language for this process; argparse's own words follow it too."""
    os.environ["LANGUAGE"] = operator_language()
    gettext.bindtextdomain("django", str(CATALOGUES))
    gettext.textdomain("django")


def words_of_argparse() -> tuple[str, ...]:
    """Name what argparse itself says, so that the catalogue holds it."""
    return (
        _("usage: "),
        _("options"),
        _("positional arguments"),
        _("show this help message and exit"),
        _("the following arguments are required: %s"),
        _("unrecognized arguments: %s"),
        _("expected one argument"),
        _("invalid choice: %(value)r (choose from %(choices)s)"),
        _("invalid %(type)s value: %(value)r"),
        _("argument %(argument_name)s: %(message)s"),
        _("%(prog)s: error: %(message)s\n"),
    )
