"""Finds every visible string and keeps the Turkish catalogue in step: `bin/messages` runs this file.

No gettext tools are needed: templates become Python through Django's own `templatize`, and Babel reads that.
"""

from __future__ import annotations

import argparse
import fcntl
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tests.architecture.source import PACKAGE, ROOT, product_sources

CATALOGUE = PACKAGE / "locale" / "tr" / "LC_MESSAGES" / "django.po"
BETWEEN = "|"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def extracted() -> Catalog:
    """Collect what the source asks to be translated."""
    catalogue = Catalog(locale="tr", project="Hatır", charset="utf-8", fuzzy=False)
    for source in product_sources():
        _add(catalogue, source.name, source.text)
    for path in sorted(PACKAGE.rglob("*.html")) + sorted(PACKAGE.rglob("templates/**/*.txt")):
        text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        _add(catalogue, path.relative_to(ROOT).as_posix(), "\n".join(line.strip() for line in text.splitlines()))
    return catalogue


def _add(catalogue: Catalog, name: str, text: str) -> None:
    found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for _line, message, _comments, context in found:
        catalogue.add(message, locations=[(name, 0)], context=context)


def kept() -> Catalog:
    """Read the Turkish catalogue."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="tr", charset="utf-8")


def update(turkish: dict[str, str] | None = None) -> int:
    """Bring the catalogue in step with the source, put in the Turkish given by message; count what is missing."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        template = extracted()
        catalogue = kept() if CATALOGUE.exists() else Catalog(locale="tr", project="Hatır", charset="utf-8")
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False
        _fill(catalogue, turkish or {})
        _write(catalogue)
    CATALOGUE.with_suffix(".lock").unlink(missing_ok=True)
    return sum(not _is_translated(message.string) for message in catalogue if message.id)


def _fill(catalogue: Catalog, turkish: dict[str, str]) -> None:
    """Put in what is empty; a translation that somebody wrote before is never overwritten."""
    for message in catalogue:
        first = message.id if isinstance(message.id, str) else message.id[0]
        key = f"{message.context}{BETWEEN}{first}" if message.context else first
        if key in turkish and not _is_translated(message.string):
            message.string = turkish[key] if isinstance(message.id, str) else (turkish[key],)


def _write(catalogue: Catalog) -> None:
    """Write without dates, versions and line numbers, so that two people's changes seldom meet."""
    text = io.BytesIO()
    write_po(text, catalogue, width=110, omit_header=True, sort_output=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n"Language: tr\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    waiting = CATALOGUE.with_suffix(".new")
    waiting.write_text(header + text.getvalue().decode().strip() + "\n", encoding="utf-8")
    waiting.replace(CATALOGUE)


def _is_translated(string: Sequence[str] | None) -> bool:
    """Judge one text, or the forms of a plural."""
    return bool(string) and all(string or ())


def missing() -> list[str]:
    """List what has no Turkish."""
    return [
        f"{message.context}{BETWEEN}{message.id}" if message.context else str(message.id)
        for message in kept()
        if message.id and not _is_translated(message.string)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description="Bring the Turkish catalogue in step with the source.")
    parser.add_argument("--list", action="store_true", help="print what has no Turkish yet")
    parser.add_argument(
        "--from",
        dest="given",
        type=Path,
        help='a JSON file {"message" or "context|message": "Turkish"} for what is empty',
    )
    options = parser.parse_args()
    count = update(json.loads(options.given.read_text(encoding="utf-8")) if options.given else None)
    told = missing() if options.list else []
    print(*told, f"{CATALOGUE.relative_to(ROOT)}: {count} missing", sep="\n")  # noqa: T201
    return 0


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure()
    django.setup()
    sys.exit(main())
