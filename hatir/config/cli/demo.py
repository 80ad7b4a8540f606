"""`hatir demo`: a believable company of any size, for trying out, teaching and measuring."""

from __future__ import annotations

import argparse
import sys
import time

from hatir.config.cli.start import start_django
from hatir.config.cli.words import _

TELL_SECONDS = 0.5


def summary() -> str:
    """Say what the command does."""
    return _("Fill the house with an example company of any size, or take it out again.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--customers", type=int, default=400, help=_("how many customers (400)"))
    parser.add_argument("--timeline", type=int, default=-1, help=_("how many timeline entries (7 for each customer)"))
    parser.add_argument("--seed", type=int, default=1, help=_("the same seed gives the same people (1)"))
    parser.add_argument("--remove", action="store_true", help=_("take the example records out"))


def run(options: argparse.Namespace) -> int:
    """Make the company, saying how far it is."""
    start_django()
    from hatir.config import demo_company, preparing
    from hatir.foundation.records.actor import system_actor
    from hatir.interface.web.sample_data import remove_samples

    preparing.prepare_database()
    if options.remove:
        removed = remove_samples(actor=system_actor("hatir demo"))
        print(_("%(count)d example records were removed.") % {"count": removed})
        return 0
    entries = options.customers * 7 if options.timeline < 0 else options.timeline
    progress = Meter(_("example customers")), Meter(_("timeline entries"))
    demo_company.make_company(customers=options.customers, seed=options.seed, entries=entries, progress=progress)
    for meter in progress:
        meter.finish()
    return 0


class Meter:
    """Says on one line of the terminal how far something is; into a file it says only the end."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.started = self.told = time.monotonic()
        self.done = self.total = 0

    def __call__(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        if sys.stderr.isatty() and time.monotonic() - self.told > TELL_SECONDS:
            self.told = time.monotonic()
            print(f"\r  {self.text()}    ", end="", file=sys.stderr, flush=True)

    def text(self) -> str:
        """Give count, total and speed."""
        pace = self.done / max(0.001, time.monotonic() - self.started)
        return _("%(done)d / %(total)d %(what)s, %(pace)d a second") % {
            "done": self.done, "total": self.total, "what": self.what, "pace": pace
        }  # fmt: skip

    def finish(self) -> None:
        """Say the end."""
        if self.total:
            print(f"\r  {self.text()}    ", file=sys.stderr, flush=True)
