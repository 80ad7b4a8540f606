"""`hatir api-key create`: a key for a program, and nothing else on standard output."""

from __future__ import annotations

import argparse
import sys

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _


def summary() -> str:
    """Say what the command does."""
    return _("Create keys for programs.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs and their options."""
    verbs = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True)
    told = _("Create an API key that acts as a user and print it; it is shown this once.")
    create = verbs.add_parser("create", help=told, description=told)
    create.add_argument("--user", required=True, metavar="EMAIL", help=_("e-mail address of the user"))
    create.add_argument("--name", default="hatir api-key", help=_("what the key is for"))
    create.add_argument("--scope", action="append", help=_("what it may do, for example view:customers.person"))


def run(options: argparse.Namespace) -> int:
    """Make the key and print only the key."""
    start_django()
    from hatir.foundation.access.keys import FULL, create_api_key
    from hatir.foundation.access.queries import visible
    from hatir.foundation.records.actor import system_actor
    from hatir.foundation.records.errors import RecordError
    from hatir.foundation.staff.models import User

    actor = system_actor("hatir api-key create")
    user = visible(actor, User).filter(email__iexact=options.user, is_active=True).first()
    if user is None:
        print("hatir: " + _("There is no user with the address %(email)s.") % {"email": options.user}, file=sys.stderr)
        return 1
    try:
        made = create_api_key(user, options.name, options.scope or (FULL,), actor=actor)
    except RecordError as refused:
        print(f"hatir: {refused}", file=sys.stderr)
        return 1
    print(made.plain)
    return 0
