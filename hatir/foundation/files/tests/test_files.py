from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hatir.foundation.files import actions, queries
from hatir.foundation.files.errors import DiskFull, EmptyFile, TooLarge
from hatir.foundation.files.models import StoredFile
from hatir.foundation.files.rules import XLSX, sniff_mime, tidy_name
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.staff.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def ayse() -> Actor:
    return Actor(kind="user", label="Ayşe", user_id=User.objects.create_user("ayse@lale.test", name="Ayşe").pk)


@pytest.fixture
def mehmet() -> Actor:
    return Actor(kind="user", label="Mehmet", user_id=User.objects.create_user("mehmet@lale.test", name="Mehmet").pk)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class TestStore:
    def test_keeps_the_bytes_under_their_hash(self, ayse: Actor, folder: Path) -> None:
        kept = actions.store([b"ad;soyad\n", "Ayşe;Işık\n".encode()], name="liste.csv", actor=ayse)

        whole = "ad;soyad\nAyşe;Işık\n".encode()
        assert (kept.name, kept.size, kept.mime) == ("liste.csv", len(whole), "text/csv")
        assert kept.sha256 == hashlib.sha256(whole).hexdigest()
        assert b"".join(queries.read(kept)) == whole

    def test_keeps_equal_bytes_once(self, ayse: Actor, folder: Path) -> None:
        actions.store([b"same"], name="a.txt", actor=ayse)
        actions.store([b"same"], name="b.txt", actor=ayse)

        assert len(files_in(folder)) == 1
        assert StoredFile.objects.count() == 2

    def test_leaves_no_half_file_when_the_upload_breaks(self, ayse: Actor, folder: Path) -> None:
        def broken() -> Iterator[bytes]:
            yield b"half"
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            actions.store(broken(), name="a.txt", actor=ayse)
        assert files_in(folder) == []
        assert StoredFile.objects.count() == 0

    def test_says_so_when_the_disk_is_full(self, ayse: Actor, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def no_room(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", no_room)

        with pytest.raises(DiskFull, match="disk"):
            actions.store([b"x" * 1000], name="a.txt", actor=ayse)
        assert files_in(folder) == []
        assert StoredFile.objects.count() == 0

    @pytest.mark.parametrize(("chunks", "error"), [([b"12345", b"67890"], TooLarge), ([], EmptyFile)])
    def test_refuses_what_is_too_large_or_empty(
        self, ayse: Actor, folder: Path, chunks: list[bytes], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            actions.store(chunks, name="a.txt", actor=ayse, limit_bytes=9)
        assert files_in(folder) == []


class TestWhoMayHaveAFile:
    def test_gives_it_to_its_uploader(self, ayse: Actor) -> None:
        kept = actions.store([b"x"], name="a.txt", actor=ayse)

        assert queries.stored_file(ayse, kept.pk) == kept

    def test_hides_it_from_a_stranger(self, ayse: Actor, mehmet: Actor) -> None:
        kept = actions.store([b"x"], name="a.txt", actor=ayse)

        with pytest.raises(NotFoundHere):
            actions.delete(kept.pk, actor=mehmet)
        assert StoredFile.objects.filter(pk=kept.pk).exists()


class TestDelete:
    def test_removes_the_bytes_with_the_last_file(
        self, ayse: Actor, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        first = actions.store([b"same"], name="a.txt", actor=ayse)
        second = actions.store([b"same"], name="b.txt", actor=ayse)
        with django_capture_on_commit_callbacks(execute=True):
            actions.delete(first.pk, actor=ayse)
        assert len(files_in(folder)) == 1

        with django_capture_on_commit_callbacks(execute=True):
            actions.delete(second.pk, actor=ayse)

        assert files_in(folder) == []


class TestSweep:
    def test_removes_what_killed_uploads_left(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "half-old").write_bytes(b"x")
        os.utime(folder / "half-old", (0, 0))
        (folder / "half-new").write_bytes(b"x")

        assert actions.sweep_half_files() == 1
        assert files_in(folder) == ["half-new"]


class TestRules:
    @pytest.mark.parametrize(
        ("head", "name", "mime"),
        [
            (b"%PDF-1.7", "a.txt", "application/pdf"),
            (b"<html><script>", "a.csv", "application/octet-stream"),
            (b"\xef\xbb\xbf  <svg onload=x>", "a.png", "application/octet-stream"),
            (b"MZ\x90", "a.csv", "application/octet-stream"),
            (b"PK\x03\x04....xl/workbook.xml", "a.bin", XLSX),
            (b"a;b\n", "a.csv", "text/csv"),
        ],
    )
    def test_tell_the_kind_by_the_bytes(self, head: bytes, name: str, mime: str) -> None:
        assert sniff_mime(head, name) == mime

    @pytest.mark.parametrize(
        ("name", "tidy"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\Belgeler\\İş.xlsx", "İş.xlsx"),
            ("a\r\nb.csv", "ab.csv"),
            ("...", "file"),
        ],
    )
    def test_make_names_safe(self, name: str, tidy: str) -> None:
        assert tidy_name(name) == tidy
