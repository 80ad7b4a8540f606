"""Backups go to an S3-compatible store and come back from it; the stand-in is other people's (moto)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from hatir.config.backups.archive import BackupFailed
from hatir.config.backups.store import BackupStore, local_copy
from hatir.config.env import ConfigError, Store, read_environment
from hatir.config.health import Finding, check_store
from hatir.config.tests.company import Company
from hatir.config.tests.test_nightly_backups import SECRET, night

BUCKET = "yedekler"
KEYS = {"HATIR_BACKUP_S3_ACCESS_KEY": "AKIAORNEK", "HATIR_BACKUP_S3_SECRET_KEY": "gizli-anahtar"}


@pytest.fixture(autouse=True)
def english(turkish: None) -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(endpoint: str, request: pytest.FixtureRequest) -> BackupStore:
    """Give an empty folder in the bucket, named after the test."""
    folder = f"hatir/{request.node.name}"
    held = BackupStore(Store(endpoint, BUCKET, folder, "", "AKIAORNEK", "gizli-anahtar"))
    if not held.client.bucket_exists(BUCKET):
        held.client.make_bucket(BUCKET)
    return held


def settings_of(store: BackupStore) -> dict[str, str]:
    return {**SECRET, **KEYS, "HATIR_BACKUP_S3_URL": f"{store.store.endpoint}/{BUCKET}/{store.store.folder}"}


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("filled")
    Company(home).fill()
    return home


@pytest.fixture
def company(filled_home: Path, tmp_path: Path, store: BackupStore) -> Company:
    return Company(Path(shutil.copytree(filled_home, tmp_path / "here")), settings=settings_of(store))


class TestTheCommand:
    def test_sends_a_backup_and_another_machine_fetches_and_restores_it(
        self, company: Company, store: BackupStore, tmp_path: Path
    ) -> None:
        sent = company.run("backup", "s3:eylül.backup")
        (tmp_path / "elsewhere").mkdir()
        elsewhere = Company(tmp_path / "elsewhere", settings=settings_of(store))
        checked = elsewhere.run("restore", "--check", "s3:eylül.backup")
        restored = elsewhere.run("restore", "s3:eylül.backup")

        assert sent.returncode == 0, sent.stderr
        assert store.names() == ["eylül.backup"]
        assert "is whole" in checked.stdout
        assert restored.returncode == 0, restored.stderr
        assert (elsewhere.home / "files" / "2026" / "sözleşme.pdf").read_bytes() == b"contract"
        assert sorted(path.name for path in elsewhere.home.iterdir() if path.name.startswith((".", "send-"))) == []


class TestTheStore:
    def test_that_lacks_a_file_is_named_with_its_reason(self, store: BackupStore, tmp_path: Path) -> None:
        with (
            pytest.raises(BackupFailed, match="does not exist") as refused,
            local_copy("s3:yok", store.store, tmp_path),
        ):
            pass

        assert str(store) in str(refused.value)
        assert "gizli-anahtar" not in str(refused.value)
        assert list(tmp_path.iterdir()) == []

    def test_must_be_named(self, tmp_path: Path) -> None:
        with pytest.raises(BackupFailed, match="HATIR_BACKUP_S3_URL"), local_copy("s3:bir", None, tmp_path):
            pass

    def test_is_asked_by_the_check(self, store: BackupStore, tmp_path: Path) -> None:
        here = read_environment({"HATIR_HOME": str(tmp_path), **settings_of(store)})
        away = replace(here, backup_store=replace(store.store, bucket="yok-boyle-kova"))

        assert check_store(here) == Finding("store for backups", "green", "0 files")
        assert check_store(away).colour == "red"


class TestTheClock:
    def test_sends_each_backup_and_thins_out_its_own_only(self, company: Company, store: BackupStore) -> None:
        old = [f"hatir-2026010{day}-023000.backup" for day in range(1, 4)]
        for name in [*old, "elle.backup"]:
            (company.home / name).write_bytes(b"x")
            store.put(company.home / name)

        ended = night(company, rhythm="nightly", kept=2)

        (written,) = (path.name for path in (company.home / "backups").iterdir())
        assert ended == {"state": "done", "told": []}
        assert store.names() == sorted(["elle.backup", old[2], written])

    def test_keeps_the_local_one_and_tells_when_the_store_is_away(self, company: Company) -> None:
        company.settings["HATIR_BACKUP_S3_URL"] = "http://127.0.0.1:9/yedekler"

        ended = night(company, rhythm="nightly")

        assert ended["state"] == "failed"
        assert ended["told"][0][3] == "The backup of this night was not made."
        assert "http://127.0.0.1:9/yedekler" in ended["told"][0][4]
        assert len(list((company.home / "backups").iterdir())) == 1


class TestPut:
    def test_refuses_what_comes_back_different(self, store: BackupStore, tmp_path: Path, monkeypatch: Any) -> None:
        path = tmp_path / "a.backup"
        path.write_bytes(b"whole")
        send = store.client.fput_object

        def cut(bucket: str, name: str, file: str, **options: Any) -> Any:
            Path(file).write_bytes(b"wh")
            answer = send(bucket, name, file, **options)
            Path(file).write_bytes(b"whole")
            return answer

        monkeypatch.setattr(store.client, "fput_object", cut)

        with pytest.raises(BackupFailed, match="not what was sent"):
            store.put(path)


class TestSettings:
    @pytest.mark.parametrize(
        ("url", "keys"),
        [
            ("https://depo.example.com", KEYS),
            ("s3://kova/klasor", KEYS),
            ("https://key:secret@depo.example.com/kova", KEYS),
            ("https://depo.example.com/kova", {}),
        ],
    )
    def test_refuse_half_an_address_and_keys_in_it(self, tmp_path: Path, url: str, keys: dict[str, str]) -> None:
        with pytest.raises(ConfigError, match="HATIR_BACKUP_S3_URL"):
            read_environment({"HATIR_HOME": str(tmp_path), "HATIR_BACKUP_S3_URL": url, **keys})

    def test_name_endpoint_bucket_and_folder_and_never_show_the_keys(self, tmp_path: Path) -> None:
        given = {"HATIR_HOME": str(tmp_path), "HATIR_BACKUP_S3_URL": "https://depo.example.com:9000/kova/a/b/", **KEYS}

        store = read_environment(given).backup_store

        assert store == Store("https://depo.example.com:9000", "kova", "a/b", "", "AKIAORNEK", "gizli-anahtar")
        assert json.dumps(repr(store)).count("gizli") == 0
