"""Backups by the clock: made, proven, thinned out; a failed one is told to administrators."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from hatir.config.tests.company import Company

SECRET = {"HATIR_BACKUP_PASSPHRASE": "Doğru at, pil, zımba"}
BY_THE_CLOCK = """
import json, sys
from hatir.config.cli.start import start_django
start_django()
from django.db import connection
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.jobs.running import run_due
from hatir.foundation.notifications.models import Notification
from hatir.foundation.preferences.models import StoredPreference
from hatir.foundation.staff.models import User
from django.utils import timezone
User.objects.update(language="en")
for key, value in json.loads(sys.argv[1]).items():
    StoredPreference.objects.update_or_create(key=key, user=None, defaults=dict(value=value, updated_at=timezone.now()))
job = task_of("backups.write_due").enqueue()
run_due()
job.refresh_from_db()
told = list(Notification.objects.values_list("user__is_admin", "kind", "level", "text", "detail"))
print(json.dumps({"state": job.state, "told": told}))
"""


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("filled")
    Company(home).fill()
    return home


@pytest.fixture
def company(filled_home: Path, tmp_path: Path) -> Company:
    return Company(Path(shutil.copytree(filled_home, tmp_path / "here")), settings=dict(SECRET))


def night(company: Company, **chosen: Any) -> dict[str, Any]:
    """Let one night pass with these settings; give how the job ended and who was told what."""
    passed = company.python("-c", BY_THE_CLOCK, json.dumps({f"backups.{key}": value for key, value in chosen.items()}))
    assert passed.returncode == 0, passed.stderr
    ended: dict[str, Any] = json.loads(passed.stdout.splitlines()[-1])
    return ended


def backups(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestNightlyBackup:
    def test_is_written_beside_the_data_and_can_be_restored(self, company: Company, tmp_path: Path) -> None:
        ended = night(company, rhythm="nightly")

        (name,) = backups(company.home / "backups")
        archive = company.home / "backups" / name
        (tmp_path / "elsewhere").mkdir()
        elsewhere = Company(tmp_path / "elsewhere", settings=dict(SECRET))
        checked = elsewhere.run("restore", "--check", str(archive))
        untouched = not (elsewhere.home / "hatir.sqlite3").exists()
        restored = elsewhere.run("restore", str(archive))
        assert ended == {"state": "done", "told": []}
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600
        assert archive.read_bytes().startswith(b"HATIR-SEALED-1\n")
        assert checked.returncode == 0, checked.stderr
        assert "is whole" in checked.stdout
        assert untouched
        assert restored.returncode == 0, restored.stderr

    def test_is_not_made_unless_wanted(self, company: Company) -> None:
        ended = night(company)

        assert ended == {"state": "done", "told": []}
        assert not (company.home / "backups").exists()

    def test_keeps_as_many_as_chosen_and_leaves_other_files_alone(self, company: Company, tmp_path: Path) -> None:
        folder = tmp_path / "disk"
        folder.mkdir()
        old = [f"hatir-2026010{day}-023000.backup" for day in range(1, 5)]
        for name in [*old, "hatir-mine.backup", "photo.jpg"]:
            (folder / name).write_bytes(b"x")

        night(company, rhythm="nightly", folder=str(folder), kept=3)

        left = backups(folder)
        assert len(left) == 5
        assert left[:2] == old[2:]
        assert left[3:] == ["hatir-mine.backup", "photo.jpg"]

    def test_is_made_once_a_week_when_so_chosen(self, company: Company) -> None:
        night(company, rhythm="weekly")
        night(company, rhythm="weekly")

        assert len(backups(company.home / "backups")) == 1

    def test_tells_administrators_when_the_disk_is_not_there(self, company: Company, tmp_path: Path) -> None:
        missing = tmp_path / "not-mounted"

        ended = night(company, rhythm="nightly", folder=str(missing))

        assert ended["state"] == "failed"
        assert ended["told"] == [
            [
                True,
                "job_failed",
                "task",
                "The backup of this night was not made.",
                f"The folder for backups is missing or cannot be written: {missing}",
            ]
        ]
        assert not missing.exists()

    def test_is_never_written_plain(self, company: Company) -> None:
        company.settings = {}

        ended = night(company, rhythm="nightly")

        assert ended["state"] == "failed"
        assert "HATIR_BACKUP_PASSPHRASE" in ended["told"][0][4]
        assert backups(company.home / "backups") == []

    @pytest.mark.parametrize("place", ["static", "files"])
    def test_never_lies_where_files_are_handed_out(self, company: Company, place: str) -> None:
        (company.home / place).mkdir(exist_ok=True)

        ended = night(company, rhythm="nightly", folder=str(company.home / place))

        assert ended["state"] == "failed"
        assert not list((company.home / place).glob("*.backup"))


class TestCheck:
    def test_sees_how_fresh_the_last_backup_is(self, company: Company) -> None:
        before = company.run("check")
        night(company, rhythm="nightly")
        after = company.run("check")
        (newest,) = (company.home / "backups").iterdir()
        newest.rename(newest.with_name("hatir-20260101-023000.backup"))
        late = company.run("check")

        assert "! backups: none by the clock" in before.stdout
        assert "✓ backups: the last of" in after.stdout
        assert "✗ backups: the last of 2026-01-01 02:30 UTC" in late.stdout
        assert (before.returncode, after.returncode, late.returncode) == (0, 0, 1)
