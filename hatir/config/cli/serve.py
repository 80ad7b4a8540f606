"""`hatir serve`: web, worker and schedule in one foreground group."""

from __future__ import annotations

import argparse
import os

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _
from hatir.config.env import Environment


def summary() -> str:
    """Say what the command does."""
    return _("Serve Hatır: web, background jobs and schedule, until Ctrl-C.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--port", help=_("the port to listen on (HATIR_PORT)"))
    parser.add_argument("--host", help=_("the address to listen on (HATIR_HOST)"))
    parser.add_argument("--demo", action="store_true", help=_("fill an empty database with a demo company"))


def run(options: argparse.Namespace) -> int:
    """Prepare what is missing, print the address, and serve."""
    if options.port:
        os.environ["HATIR_PORT"] = options.port
    if options.host:
        os.environ["HATIR_HOST"] = options.host
    environment = start_django()
    from hatir.config import locks, preparing, serving

    queues = serving.open_port(environment.host, environment.port, environment.web_processes)
    with locks.serving(environment.home):
        preparing.prepare_database()
        preparing.prepare_static_files()
        serving.load_everything()
        welcome(environment, with_demo=options.demo)
        return serving.serve_all(environment, queues)


def welcome(environment: Environment, *, with_demo: bool) -> None:
    """Print the address and, until the administrator has signed in, his one-time link."""
    from hatir.config import first_run

    is_first = not first_run.has_people()
    link = first_run.sign_in_link(environment.base_url)
    if is_first and with_demo:
        print(f"\n  {_('First start: filling the house with an example company …')}", flush=True)
        first_run.make_example()
    print(f"\n  Hatır  {environment.base_url}\n", flush=True)
    if link:
        print(f"  {_('Sign in once with this link:')} {link}\n", flush=True)
