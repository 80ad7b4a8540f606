"""Hatır as an operator meets it: starts, answers, ends, says what is wrong."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.serving import ROOT, free_port, serve


def run(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HATIR_HOME": str(home), "PYTHONPATH": str(ROOT), "HATIR_LANGUAGE": "en"}
    environment |= {"DATABASE_URL": "", **settings}
    environment["DJANGO_SETTINGS_MODULE"] = "hatir.config.settings.prod"
    command = [sys.executable, "-m", "hatir.config.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


class TestServe:
    def test_serves_pages_with_a_strict_policy_and_ends_whole(self, tmp_path: Path) -> None:
        with serve(tmp_path) as served:
            with urllib.request.urlopen(f"{served.url}/accounts/login/") as answer:
                headers, page = answer.headers, answer.read().decode()
            static = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
            for address in static:
                with urllib.request.urlopen(served.url + address) as answer:
                    assert answer.status == 200
            with urllib.request.urlopen(served.sign_in_link) as answer:
                assert answer.status == 200

            exit_code = served.stop()

        assert static
        assert exit_code == 0
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy

    def test_says_so_when_the_port_is_taken(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            ended = run(tmp_path, "serve", HATIR_PORT=str(port))

        assert ended.returncode == 2
        assert f"127.0.0.1:{port}" in ended.stderr
        assert "Traceback" not in ended.stderr

    @pytest.mark.parametrize("settings", [{"HATIR_PORT": "x"}, {"DATABASE_URL": "mysql://x/y"}])
    def test_says_so_when_a_setting_is_wrong(self, tmp_path: Path, settings: dict[str, str]) -> None:
        ended = run(tmp_path, "serve", **settings)

        assert ended.returncode == 2
        assert len(ended.stderr.strip().splitlines()) == 1

    def test_says_so_when_the_database_does_not_answer(self, tmp_path: Path) -> None:
        ended = run(tmp_path, "serve", DATABASE_URL=f"postgresql://hatir@127.0.0.1:{free_port()}/hatir")

        assert ended.returncode == 2
        assert "Traceback" not in ended.stderr


class TestHelp:
    @pytest.mark.parametrize(("language", "word"), [("tr", "kullanım:"), ("en", "usage:")])
    def test_speaks_both_languages(self, tmp_path: Path, language: str, word: str) -> None:
        shown = run(tmp_path, "--help", HATIR_LANGUAGE=language)

        assert shown.returncode == 0
        assert shown.stdout.startswith(word)
        assert "serve" in shown.stdout


class TestCheck:
    def test_is_green_on_a_new_company_but_for_mail_and_backups_by_the_clock(self, tmp_path: Path) -> None:
        assert run(tmp_path, "migrate").returncode == 0

        checked = run(tmp_path, "check")

        assert checked.returncode == 0, checked.stdout
        assert [line[0] for line in checked.stdout.splitlines() if not line.startswith(" ")] == list("✓✓✓✓!!")

    def test_is_red_before_the_tables_are_made(self, tmp_path: Path) -> None:
        checked = run(tmp_path, "check")

        assert checked.returncode == 1
        assert "bin/hatir migrate" in checked.stdout


class TestUserAndKey:
    def test_are_made_from_the_terminal(self, tmp_path: Path) -> None:
        assert run(tmp_path, "migrate").returncode == 0

        user = run(tmp_path, "user", "create", "--email", "ayse@lale.com.tr", "--name", "Ayşe Işık")
        key = run(tmp_path, "api-key", "create", "--user", "AYSE@lale.com.tr")
        nobody = run(tmp_path, "api-key", "create", "--user", "can@lale.com.tr")

        assert user.returncode == 0, user.stderr
        assert re.fullmatch(r"http://localhost:8000/welcome/\S+\n", user.stdout)
        assert re.fullmatch(r"hatir_\S{40,}\n", key.stdout), key.stderr
        assert (nobody.returncode, nobody.stdout) == (1, "")
