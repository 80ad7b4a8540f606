"""The environment is read once, and what is wrong is said in one sentence."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hatir.config.env import ConfigError, Environment, operator_language, read_environment

KEY = "k" * 32


def read(home: Path, **given: str) -> Environment:
    return read_environment({"HATIR_HOME": str(home), "HATIR_SECRET_KEY": KEY, **given})


class TestDefaults:
    def test_are_a_local_sqlite_in_turkish(self, tmp_path: Path) -> None:
        found = read(tmp_path)

        assert (found.host, found.port, found.language, found.web_processes) == ("127.0.0.1", 8000, "tr", 2)
        assert found.database.is_sqlite
        assert found.database.name == str(tmp_path / "hatir.sqlite3")
        assert found.base_url == "http://localhost:8000"
        assert "localhost" in found.allowed_hosts


class TestSecretKey:
    def test_is_made_once_and_kept_for_the_owner_only(self, tmp_path: Path) -> None:
        first = read_environment({"HATIR_HOME": str(tmp_path)}).secret_key
        second = read_environment({"HATIR_HOME": str(tmp_path)}).secret_key

        assert first == second
        assert len(first) >= 50
        assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]

    def test_may_not_be_short(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as refused:
            read(tmp_path, HATIR_SECRET_KEY="short")

        assert "HATIR_SECRET_KEY" in refused.value.turkish
        assert "HATIR_SECRET_KEY" in refused.value.english


class TestDatabase:
    def test_url_of_postgresql_is_taken_apart(self, tmp_path: Path) -> None:
        database = read(tmp_path, DATABASE_URL="postgresql://ay%C5%9Fe:p%40rola@db:6432/hatir?sslmode=require").database

        assert (database.engine, database.user, database.password) == ("postgresql", "ayşe", "p@rola")
        assert (database.host, database.port, database.name) == ("db", "6432", "hatir")
        assert database.options == (("sslmode", "require"),)

    def test_url_of_sqlite_is_a_path(self, tmp_path: Path) -> None:
        assert read(tmp_path, DATABASE_URL="sqlite:////srv/hatir.db").database.name == "/srv/hatir.db"
        assert read(tmp_path, DATABASE_URL="sqlite:///here.db").database.name == str(Path("here.db").absolute())

    @pytest.mark.parametrize(
        "url", ["mysql://x/y", "hatir", "postgresql://host", "postgresql://host:port/hatir", "sqlite://"]
    )
    def test_url_of_anything_else_is_refused(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(ConfigError) as refused:
            read(tmp_path, DATABASE_URL=url)

        assert "DATABASE_URL" in refused.value.turkish
        assert "DATABASE_URL" in refused.value.english


class TestWrongSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("HATIR_PORT", "http"),
            ("HATIR_PORT", "0"),
            ("HATIR_PORT", "65536"),
            ("HATIR_PORT", "٨٠٠٠"),
            ("HATIR_WEB_PROCESSES", "0"),
            ("HATIR_LANGUAGE", "de"),
            ("HATIR_BASE_URL", "crm.example.com"),
            ("HATIR_BASE_URL", "https://crm.example.com/path"),
            ("HATIR_MAIL_URL", "mail.example.com"),
            ("HATIR_MAIL_URL", "smtp://mail.example.com:port"),
            ("HATIR_BEHIND_PROXY", "yes"),
        ],
    )
    def test_end_with_a_sentence_that_names_them(self, tmp_path: Path, name: str, value: str) -> None:
        with pytest.raises(ConfigError) as refused:
            read(tmp_path, **{name: value})

        assert name in refused.value.turkish
        assert name in refused.value.english
        assert refused.value.turkish.endswith(".")

    def test_a_home_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")

        with pytest.raises(ConfigError) as refused:
            read(tmp_path / "file" / "home")

        assert str(tmp_path / "file" / "home") in refused.value.turkish


class TestMail:
    def test_url_says_how_to_speak_to_the_server(self, tmp_path: Path) -> None:
        mail = read(tmp_path, HATIR_MAIL_URL="smtp+tls://hatir:gizli@mail.example.com").mail

        assert (mail.host, mail.port, mail.user, mail.password) == ("mail.example.com", 587, "hatir", "gizli")
        assert mail.use_tls
        assert not mail.use_ssl


class TestOperatorLanguage:
    @pytest.mark.parametrize(
        ("given", "language"),
        [
            ({}, "tr"),
            ({"LANG": "C.UTF-8"}, "tr"),
            ({"LANG": "en_US.UTF-8"}, "en"),
            ({"LANG": "en_US.UTF-8", "HATIR_LANGUAGE": "tr"}, "tr"),
        ],
    )
    def test_follows_the_setting_then_the_locale(self, given: dict[str, str], language: str) -> None:
        assert operator_language(given) == language
