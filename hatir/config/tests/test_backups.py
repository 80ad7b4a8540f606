"""A company goes into one file and comes back whole, or not at all."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

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


class TestOnPostgres:
    def test_comes_back_whole(self, postgres_urls: list[str], tmp_path: Path) -> None:
        homes = [tmp_path / "here", tmp_path / "there"]
        for home in homes:
            home.mkdir()
        company, elsewhere = (Company(home, url) for home, url in zip(homes, postgres_urls, strict=True))
        company.fill()
        archive = tmp_path / "hatir.tar.gz"

        written = company.run("backup", str(archive))
        restored = elsewhere.run("restore", str(archive))
        again = elsewhere.run("restore", str(archive))
        replaced = elsewhere.run("restore", str(archive), "--replace")

        assert written.returncode == 0, written.stderr
        assert restored.returncode == 0, restored.stderr
        assert again.returncode == 1
        assert replaced.returncode == 0, replaced.stderr
