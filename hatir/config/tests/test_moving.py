"""A running company goes into another database: whole, or the company stays where it is."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from hatir.config.locks import serving
from hatir.config.tests.company import Company

pytestmark = pytest.mark.slow
KILLED_IN_A_BATCH = """
import os, signal, sys
from hatir.config.cli.start import start_django
start_django()
from hatir.config.moving import copying
written, batches = copying.write_rows, []

def die_with_rows_in_hand(model, rows):
    written(model, rows)
    batches.append(model)
    if len(batches) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

copying.BATCH, copying.write_rows = 100, die_with_rows_in_hand
from hatir.config.cli import main
main(["move", "--to", sys.argv[1]])
"""
LOOK = """
from hatir.config.cli.start import start_django
start_django()
from hatir.domains.customers.models import Customer
from hatir.foundation.access.queries import visible
from hatir.foundation.audit import sealing
from hatir.foundation.records.actor import system_actor
from hatir.foundation.search.models import SearchEntry
from django.db import connection
print(visible(system_actor("test"), Customer).count(), SearchEntry.objects.count())
print(sealing.verify_chain().is_whole)
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM hatir_cache")
"""


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo")
    made = Company(home).run("demo", "--customers", "300", "--timeline", "300")
    assert made.returncode == 0, made.stderr
    return home


@pytest.fixture
def company(demo_home: Path, tmp_path: Path) -> Company:
    return Company(Path(shutil.copytree(demo_home, tmp_path / "here")))


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.any_database), "postgresql"])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give an empty database of each kind; PostgreSQL is skipped, aloud, where none is under test."""
    if request.param == "sqlite" and os.environ.get("HATIR_TEST_POSTGRES_FOLLOWS") == "yes":
        pytest.skip("the pass on PostgreSQL moves from SQLite and back")
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'target.sqlite3'}"
    urls: list[str] = request.getfixturevalue("postgres_urls")
    return urls[0]


@pytest.fixture
def postgres_url(postgres_urls: list[str]) -> str:
    return postgres_urls[0]


def numbers(told: str) -> tuple[int, int]:
    """Give the rows of the company and those brought by this run, from the command's summary."""
    found = re.search(r"(\d+) rows in \d+ tables, (\d+) of them brought now; counts and checksums agree", told)
    assert found is not None, told
    return int(found[1]), int(found[2])


class TestMove:
    def test_carries_everything_and_proves_it(self, company: Company, target_url: str) -> None:
        there = company.python("-c", LOOK)
        moved = company.run("move", "--to", target_url)
        seen = Company(company.home, target_url).python("-c", LOOK)

        assert moved.returncode == 0, moved.stderr
        rows, brought = numbers(moved.stdout)
        assert rows == brought
        assert re.search(r"^ +300  [0-9a-f]{16}  customers_customer$", moved.stdout, re.MULTILINE)
        assert seen.returncode == 0, seen.stderr
        assert seen.stdout == there.stdout
        assert re.fullmatch(r"300 \d{3,}\nTrue\n", seen.stdout)

    def test_goes_on_where_it_was_killed(self, company: Company, target_url: str) -> None:
        killed = company.python("-c", KILLED_IN_A_BATCH, target_url, "20")
        served = Company(company.home, target_url).run("migrate")
        resumed = company.run("move", "--to", target_url)

        assert killed.returncode == -9
        assert served.returncode == 2
        assert "not finished" in served.stderr
        assert resumed.returncode == 0, resumed.stderr
        rows, brought = numbers(resumed.stdout)
        assert 0 < brought < rows
        assert Company(company.home, target_url).run("migrate").returncode == 0

    def test_finds_out_that_somebody_worked_meanwhile(self, company: Company, target_url: str) -> None:
        company.python("-c", KILLED_IN_A_BATCH, target_url, "45")  # staff_user is over there by then
        with closing(sqlite3.connect(company.home / "hatir.sqlite3")) as opened, opened:
            opened.execute("UPDATE staff_user SET name = 'Başka Ad'")

        refused = company.run("move", "--to", target_url)
        anew = company.run("move", "--to", target_url, "--again")

        assert refused.returncode == 1
        assert "now: staff_user. If" in refused.stderr
        assert "--again" in refused.stderr
        assert anew.returncode == 0, anew.stderr
        rows, brought = numbers(anew.stdout)
        assert rows == brought

    def test_comes_back_from_postgres(self, company: Company, postgres_url: str, tmp_path: Path) -> None:
        company.run("move", "--to", postgres_url)
        back = Company(company.home, postgres_url).run("move", "--to", f"sqlite:///{tmp_path / 'back.sqlite3'}")

        assert back.returncode == 0, back.stderr
        assert numbers(back.stdout)[0] > 300

    def test_numbers_of_the_database_go_on_after_the_highest(self, company: Company, postgres_url: str) -> None:
        company.run("move", "--to", postgres_url)

        with psycopg.connect(postgres_url) as opened:
            found = opened.execute(
                "INSERT INTO django_content_type (app_label, model) VALUES ('x', 'x') "
                "RETURNING id > (SELECT max(id) FROM django_content_type)"
            ).fetchone()

        assert found == (True,)

    def test_leaves_the_links_of_the_tables_in_force(self, company: Company, postgres_url: str) -> None:
        company.run("move", "--to", postgres_url)

        with psycopg.connect(postgres_url) as opened:
            opened.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                opened.execute("UPDATE customers_customer SET owner_id = 1")


class TestCheck:
    def test_tries_the_target_while_hatir_runs_and_changes_nothing(self, company: Company, target_url: str) -> None:
        with serving(company.home):
            first = company.run("move", "--check", "--to", target_url)
            second = company.run("move", "--check", "--to", target_url)

        assert first.returncode == 0, first.stderr
        assert second.returncode == 0, second.stderr
        assert "can take the company" in second.stdout

    def test_refuses_a_target_that_holds_a_company(self, company: Company, target_url: str) -> None:
        company.run("move", "--to", target_url)

        refused = company.run("move", "--check", "--to", target_url)

        assert refused.returncode == 1
        assert "holds a company already" in refused.stderr

    def test_refuses_a_user_who_may_make_no_tables(self, company: Company, postgres_url: str) -> None:
        name = postgres_url.rsplit("/", 1)[1]
        with psycopg.connect(postgres_url, autocommit=True) as opened:
            opened.execute(f"CREATE ROLE {name}_guest LOGIN".encode())
            try:
                guest = re.sub("//[^@]*@", f"//{name}_guest@", postgres_url)
                refused = company.run("move", "--check", "--to", guest)
            finally:
                opened.execute(f"DROP ROLE {name}_guest".encode())

        assert refused.returncode == 1
        assert "permission denied" in refused.stderr


class TestRefusal:
    @pytest.mark.parametrize(("language", "told"), [("en", "stop it first"), ("tr", "önce durdurun")])
    def test_while_hatir_runs(self, company: Company, tmp_path: Path, language: str, told: str) -> None:
        company.language = language
        with serving(company.home):
            refused = company.run("move", "--to", f"sqlite:///{tmp_path / 'target.sqlite3'}")

        assert refused.returncode == 1
        assert told in refused.stderr
        assert not (tmp_path / "target.sqlite3").exists()

    def test_of_a_target_that_holds_a_company(self, company: Company, target_url: str) -> None:
        other = Company(company.home, target_url)
        other.run("demo", "--customers", "1", "--timeline", "0")

        refused = company.run("move", "--to", target_url)
        again = company.run("move", "--to", target_url, "--again")

        assert (refused.returncode, again.returncode) == (1, 1)
        assert "holds a company already" in refused.stderr
        assert "holds a company already" in again.stderr
        assert other.python("-c", LOOK).stdout.startswith("1 ")

    def test_of_somebody_elses_database(self, company: Company, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "target.sqlite3")) as opened:
            opened.execute("CREATE TABLE recipes (name text)")

        refused = company.run("move", "--to", f"sqlite:///{tmp_path / 'target.sqlite3'}")

        assert refused.returncode == 1
        assert "recipes" in refused.stderr

    def test_of_the_company_itself(self, company: Company) -> None:
        refused = company.run("move", "--to", f"sqlite:///{company.home / 'hatir.sqlite3'}")

        assert refused.returncode == 1
        assert "in this database already" in refused.stderr

    def test_of_another_companys_half_done_move(self, company: Company, target_url: str, tmp_path: Path) -> None:
        company.python("-c", KILLED_IN_A_BATCH, target_url, "20")
        other = Company(Path(shutil.copytree(company.home, tmp_path / "other")))

        refused = other.run("move", "--to", target_url)

        assert refused.returncode == 1
        assert "from another database" in refused.stderr

    @pytest.mark.parametrize(
        ("url", "code", "told"),
        [
            ("mysql://localhost/x", 2, "DATABASE_URL must look like"),
            ("postgresql://nobody@127.0.0.1:1/x", 1, "cannot be opened"),
            ("sqlite:///:memory:", 1, "name a file"),
        ],
    )
    def test_of_what_is_no_database(self, company: Company, url: str, code: int, told: str) -> None:
        refused = company.run("move", "--to", url)

        assert refused.returncode == code
        assert told in refused.stderr
        assert "Traceback" not in refused.stderr

    def test_names_the_row_that_the_target_does_not_take(self, company: Company, postgres_url: str) -> None:
        with closing(sqlite3.connect(company.home / "hatir.sqlite3")) as opened, opened:
            (key,) = opened.execute("SELECT min(id) FROM customers_tag").fetchone()
            opened.execute("UPDATE customers_tag SET name = ? WHERE id = ?", ["x" * 500, key])

        refused = company.run("move", "--to", postgres_url)

        assert refused.returncode == 1
        assert f"refuses row {key} of customers_tag" in refused.stderr
