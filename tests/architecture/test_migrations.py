"""The tables are what the models say."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command

from tests.architecture.source import PACKAGE, ROOT


class TestMigrations:
    @pytest.mark.django_db
    def test_are_complete(self, capsys: pytest.CaptureFixture[str]) -> None:
        try:
            call_command("makemigrations", check=True, dry_run=True, verbosity=1)
        except SystemExit:
            pytest.fail("manage.py makemigrations has work to do:\n" + capsys.readouterr().out)

    def test_have_names_that_say_what_they_do(self) -> None:
        migrations = [path for path in PACKAGE.rglob("migrations/*.py") if path.stem != "__init__"]

        wrong = [
            path.relative_to(ROOT).as_posix()
            for path in migrations
            if not re.fullmatch(r"\d{4}_[a-z0-9_]+", path.stem) or re.search(r"_auto_\d{8}", path.stem)
        ]

        assert not wrong, "\n".join(wrong)
