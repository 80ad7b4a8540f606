"""What a process keeps of rights, teams, settings and definitions is never older than the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.models import Stamp
from hatir.foundation.records.stamps import while_unchanged
from hatir.foundation.staff.models import Team, User

pytestmark = pytest.mark.django_db
WATCHED = (
    "staff_team",
    "staff_membership",
    "staff_user",
    "access_role",
    "access_grant",
    "access_fieldrule",
    "access_roleassignment",
    "access_apikey",
    "preferences_storedpreference",
    "customization_customfield",
    "customization_customobject",
    "savedviews_savedview",
)


def team(name: str) -> Team:
    return Team(name=name, created_at=timezone.now(), updated_at=timezone.now())


def names() -> list[str]:
    """Give the teams' names as a request does that begins now."""
    with piece_of_work():
        return while_unchanged("test.teams", lambda: sorted(Team.objects.values_list("name", flat=True)))


class TestWhileUnchanged:
    def test_reads_again_after_rows_were_added_changed_and_deleted(self) -> None:
        Team.objects.bulk_create([team("Kuzey")])
        assert names() == ["Kuzey"]
        Team.objects.update(name="Güney")
        assert names() == ["Güney"]
        Team.objects.all().delete()
        assert names() == []

    def test_reads_only_the_stamp_while_nothing_changes(self, django_assert_num_queries: Any) -> None:
        Team.objects.bulk_create([team("Kuzey")])
        names()
        with django_assert_num_queries(1):
            names()

    def test_forgets_what_was_read_before_a_rollback(self) -> None:
        with transaction.atomic():
            Team.objects.bulk_create([team("Hiç olmadı")])
            assert names() == ["Hiç olmadı"]
            transaction.set_rollback(True)
        assert names() == []
        Team.objects.bulk_create([team("Oldu")])
        assert names() == ["Oldu"]

    def test_keeps_nothing_without_a_stamp(self) -> None:
        Stamp.objects.all().delete()
        assert names() == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM records_stamp")
            assert cursor.fetchone() == (0,)


class TestWatch:
    def test_leaves_the_stamp_alone_when_only_unwatched_columns_are_written(self) -> None:
        user = User.objects.create(
            email="ayse@example.com", name="Ayşe", created_at=timezone.now(), updated_at=timezone.now()
        )
        before = Stamp.objects.get().value

        User.objects.filter(pk=user.pk).update(last_login=timezone.now())
        assert Stamp.objects.get().value == before
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert Stamp.objects.get().value != before

    @pytest.mark.parametrize("table", WATCHED)
    def test_every_watched_table_still_has_its_triggers_after_all_migrations(self, table: str) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = %s", [f"stamp_{table}"])
                assert cursor.fetchone() == (1,)
                return
            cursor.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s AND name LIKE 'stamp_%%'",
                [table],
            )
            assert cursor.fetchone() == (3,)
