"""`hatir user create`: a colleague, with a sign-in link that works once."""

from __future__ import annotations

import argparse
import sys

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Create colleagues.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs and their options."""
    verbs = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True)
    told = _("Create a colleague and print a sign-in link that works once.")
    create = verbs.add_parser("create", help=told, description=told)
    create.add_argument("--email", required=True, help=_("e-mail address, with which he signs in"))
    create.add_argument("--name", required=True, help=_("first name and surname"))
    create.add_argument("--admin", action="store_true", help=_("an administrator, who may do everything"))


def run(options: argparse.Namespace) -> int:
    """Create the colleague and print the link."""
    environment = start_django()
    from hatir.foundation.records.actor import system_actor
    from hatir.foundation.records.errors import Invalid
    from hatir.foundation.staff import actions

    actor = system_actor("hatir user create")
    try:
        user = actions.create_user(options.name, options.email, is_admin=options.admin, actor=actor)
    except Invalid as wrong:
        print(f"hatir: {wrong}", file=sys.stderr)
        return 1
    print(environment.base_url + actions.one_time_link(user, actor=actor))
    return 0
