"""A company goes into one file and comes back whole, or not at all."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from hatir.config.backups.restoring import close_log
from hatir.config.locks import serving
from hatir.config.tests.company import Company


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("filled")
    Company(home).fill()
    return home


@pytest.fixture
def company(filled_home: Path, tmp_path: Path) -> Company:
    return Company(Path(shutil.copytree(filled_home, tmp_path / "here")))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Company:
    home = tmp_path / "elsewhere"
    home.mkdir()
    return Company(home)


def users(company: Company) -> int:
    with closing(sqlite3.connect(company.home / "hatir.sqlite3")) as opened:
        return int(opened.execute("SELECT count(*) FROM staff_user").fetchone()[0])


class TestBackup:
    def test_comes_back_whole_in_an_empty_place(self, company: Company, elsewhere: Company, tmp_path: Path) -> None:
        archive = tmp_path / "hatir.tar.gz"

        written = company.run("backup", str(archive))
        restored = elsewhere.run("restore", str(archive))

        assert written.returncode == 0, written.stderr
        assert restored.returncode == 0, restored.stderr
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600
        assert users(elsewhere) == 1
        assert (elsewhere.home / "files/2026/sözleşme.pdf").read_bytes() == b"contract"
        assert (elsewhere.home / "secret.key").read_text() == (company.home / "secret.key").read_text()
        assert sorted(path.name for path in company.home.iterdir() if path.name.startswith("backup-")) == []

    def test_is_taken_while_somebody_writes(self, company: Company, tmp_path: Path) -> None:
        with closing(sqlite3.connect(company.home / "hatir.sqlite3")) as writer:
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("DELETE FROM staff_user")

            written = company.run("backup", str(tmp_path / "hatir.tar.gz"))

        assert written.returncode == 0, written.stderr


class TestRestore:
    def test_refuses_to_replace_people_unless_told(self, company: Company, tmp_path: Path) -> None:
        archive = tmp_path / "hatir.tar.gz"
        company.run("backup", str(archive))

        refused = company.run("restore", str(archive))
        replaced = company.run("restore", str(archive), "--replace")

        assert refused.returncode == 1
        assert "--replace" in refused.stderr
        assert replaced.returncode == 0, replaced.stderr
        assert users(company) == 1

    def test_refuses_while_hatir_runs(self, company: Company, tmp_path: Path) -> None:
        archive = tmp_path / "hatir.tar.gz"
        company.run("backup", str(archive))

        with serving(company.home):
            refused = company.run("restore", str(archive), "--replace")

        assert refused.returncode == 1
        assert "running" in refused.stderr

    def test_refuses_a_damaged_archive_and_changes_nothing(
        self, company: Company, elsewhere: Company, tmp_path: Path
    ) -> None:
        archive = tmp_path / "hatir.tar.gz"
        company.run("backup", str(archive))
        unpacked = tmp_path / "unpacked"
        with tarfile.open(archive) as packed:
            packed.extractall(unpacked)
        (unpacked / "files/2026/sözleşme.pdf").write_bytes(b"forgery!")
        with tarfile.open(archive, "w:gz") as packed:
            for path in sorted(unpacked.rglob("*")):
                packed.add(path, arcname=path.relative_to(unpacked), recursive=False) if path.is_file() else None

        refused = elsewhere.run("restore", str(archive))

        assert refused.returncode == 1
        assert "sözleşme.pdf" in refused.stderr
        assert not (elsewhere.home / "hatir.sqlite3").exists()

    def test_leaves_the_old_company_as_it_was_when_the_disk_is_full(self, company: Company, tmp_path: Path) -> None:
        archive = tmp_path / "hatir.tar.gz"
        company.run("backup", str(archive))
        before = (company.home / "hatir.sqlite3").read_bytes()
        restore = [sys.executable, "-m", "hatir.config.cli", "restore", str(archive), "--replace"]
        full = "import resource as r, subprocess as s, sys; r.setrlimit(r.RLIMIT_FSIZE, (4096, 4096)); "

        refused = company.python("-c", f"{full}sys.exit(s.run({restore!r}).returncode)")

        assert (refused.returncode, users(company)) == (1, 1)
        assert "cannot be read" in refused.stderr
        assert (company.home / "hatir.sqlite3").read_bytes() == before
        assert list(company.home.glob("restore-*")) == []

    @pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08broken"])
    def test_refuses_what_is_no_backup(self, elsewhere: Company, tmp_path: Path, content: bytes) -> None:
        archive = tmp_path / "hatir.tar.gz"
        archive.write_bytes(content)

        refused = elsewhere.run("restore", str(archive))

        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr

    def test_refuses_names_that_leave_the_folder(self, elsewhere: Company, tmp_path: Path) -> None:
        archive = tmp_path / "hatir.tar.gz"
        (tmp_path / "x").write_text("x")
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(tmp_path / "x", arcname="../escaped")

        refused = elsewhere.run("restore", str(archive))

        assert refused.returncode == 1
        assert not (elsewhere.home / "escaped").exists()
        assert not (elsewhere.home.parent / "escaped").exists()


def passphrase(company: Company, given: str) -> Company:
    company.settings = {"HATIR_BACKUP_PASSPHRASE": given}
    return company


class TestLogOfTheOldDatabase:
    def test_comes_home_before_it_is_let_go(self, tmp_path: Path) -> None:
        old = tmp_path / "old.sqlite3"
        with closing(sqlite3.connect(tmp_path / "live.sqlite3")) as live:
            live.execute("PRAGMA journal_mode=WAL")
            live.execute("CREATE TABLE customer (name text)")
            live.execute("INSERT INTO customer VALUES ('Lale Market')")
            live.commit()
            for ending in ("", "-wal"):  # as a process leaves them that was killed
                shutil.copyfile(f"{tmp_path}/live.sqlite3{ending}", f"{old}{ending}")

        close_log(old)

        Path(f"{old}-wal").unlink(missing_ok=True)
        with closing(sqlite3.connect(old)) as opened:
            assert opened.execute("SELECT name FROM customer").fetchall() == [("Lale Market",)]

    def test_of_a_database_that_is_none_hinders_nothing(self, tmp_path: Path) -> None:
        old = tmp_path / "old.sqlite3"
        old.write_bytes(b"no database" * 100)

        close_log(old)

        assert old.read_bytes() == b"no database" * 100


class TestEncryption:
    def test_opens_with_the_passphrase_only(self, company: Company, elsewhere: Company, tmp_path: Path) -> None:
        archive = tmp_path / "hatir.backup"

        written = passphrase(company, "Doğru at, pil, zımba").run("backup", str(archive))
        without = elsewhere.run("restore", str(archive))
        wrong = passphrase(elsewhere, "Dogru at, pil, zımba").run("restore", str(archive))
        untouched = not (elsewhere.home / "hatir.sqlite3").exists()
        restored = passphrase(elsewhere, "Dog\u0306ru at, pil, zımba").run("restore", str(archive))

        assert written.returncode == 0, written.stderr
        assert written.stderr == ""
        assert archive.read_bytes().startswith(b"HATIR-SEALED-1\n")
        assert (without.returncode, wrong.returncode) == (1, 1)
        assert without.stderr.startswith("hatir: This backup is encrypted")
        assert wrong.stderr.startswith("hatir: The passphrase or key file is not the one")
        assert untouched
        assert restored.returncode == 0, restored.stderr
        assert "counts and checksums agree" in restored.stdout
        assert users(elsewhere) == 1
        assert (elsewhere.home / "files/2026/sözleşme.pdf").read_bytes() == b"contract"

    def test_takes_a_key_file(self, company: Company, elsewhere: Company, tmp_path: Path) -> None:
        archive, key = tmp_path / "hatir.backup", tmp_path / "key"
        key.write_bytes(bytes(range(32)))
        company.settings = elsewhere.settings = {"HATIR_BACKUP_KEY_FILE": str(key)}

        company.run("backup", str(archive))
        restored = elsewhere.run("restore", str(archive))

        assert restored.returncode == 0, restored.stderr

    def test_refuses_a_file_that_was_cut_off(self, company: Company, elsewhere: Company, tmp_path: Path) -> None:
        archive = tmp_path / "hatir.backup"
        passphrase(company, "Doğru at, pil, zımba").run("backup", str(archive))
        archive.write_bytes(archive.read_bytes()[:-1])

        refused = passphrase(elsewhere, "Doğru at, pil, zımba").run("restore", str(archive))

        assert refused.returncode == 1
        assert refused.stderr == "hatir: The backup is damaged or cut off: nothing was restored.\n"
        assert not (elsewhere.home / "hatir.sqlite3").exists()

    def test_says_that_a_plain_backup_is_plain(self, company: Company, tmp_path: Path) -> None:
        written = company.run("backup", str(tmp_path / "hatir.tar.gz"))

        assert written.returncode == 0
        assert "not encrypted" in written.stderr

    @pytest.mark.parametrize(
        ("settings", "told"),
        [
            ({"HATIR_BACKUP_PASSPHRASE": "kısa"}, "at least 12"),
            ({"HATIR_BACKUP_KEY_FILE": "/nowhere/key"}, "cannot be read"),
            ({"HATIR_BACKUP_KEY_FILE": "/x", "HATIR_BACKUP_PASSPHRASE": "uzun bir parola"}, "choose one"),
        ],
    )
    def test_refuses_a_secret_that_is_none(
        self, company: Company, tmp_path: Path, settings: dict[str, str], told: str
    ) -> None:
        company.settings = settings

        refused = company.run("backup", str(tmp_path / "hatir.backup"))

        assert refused.returncode == 2
        assert told in refused.stderr
        assert not (tmp_path / "hatir.backup").exists()


class TestOnPostgres:
    def test_comes_back_whole(self, postgres_urls: list[str], tmp_path: Path) -> None:
        homes = [tmp_path / "here", tmp_path / "there"]
        for home in homes:
            home.mkdir()
        company, elsewhere = (Company(home, url) for home, url in zip(homes, postgres_urls, strict=True))
        company.fill()
        archive = tmp_path / "hatir.tar.gz"

        company.settings = elsewhere.settings = {"HATIR_BACKUP_PASSPHRASE": "Doğru at, pil, zımba"}
        written = company.run("backup", str(archive))
        checked = elsewhere.run("restore", "--check", str(archive))
        restored = elsewhere.run("restore", str(archive))
        again = elsewhere.run("restore", str(archive))
        replaced = elsewhere.run("restore", str(archive), "--replace")

        assert written.returncode == 0, written.stderr
        assert checked.returncode == 0, checked.stderr
        assert restored.returncode == 0, restored.stderr
        assert again.returncode == 1
        assert replaced.returncode == 0, replaced.stderr
