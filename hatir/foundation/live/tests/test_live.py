"""What a listener is told, and what never."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from hatir.foundation.access.models import FieldRule, Role
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.live import actions, queries, sessions
from hatir.foundation.live.messages import Message, Sight, messages_for
from hatir.foundation.live.outbox import Reader, rows_since
from hatir.foundation.live.stream import as_text
from hatir.foundation.live.watching import Watch, read_watch
from hatir.foundation.records import actions as record_actions
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def changed(cast: Cast, **values: str) -> list[OutboxEvent]:
    """Change Lale Market as Ayşe and give the events."""
    reader = Reader()
    reader.new_rows()
    record_actions.update(record_type(KEY), [(cast.lale_market, values)], actor=cast.ayse.actor)
    return reader.new_rows()


def told(member: Member, watch: Watch, rows: list[OutboxEvent]) -> list[tuple[str, object]]:
    return [(m.name, m.data.get("fields")) for m in messages_for(member.user, watch, rows, Sight())]


class TestSight:
    def test_a_colleague_hears_a_stranger_does_not(self, cast: Cast) -> None:
        rows = changed(cast, city="Manisa")
        watch = Watch(frozenset({RecordRef(KEY, cast.lale_market.pk)}), frozenset({KEY}))

        assert told(cast.zeynep, watch, rows) == [("changed", ["city"])]
        assert told(cast.mehmet, watch, rows) == []
        assert told(cast.can, watch, rows) == []

    def test_names_of_hidden_fields_are_left_out(self, cast: Cast) -> None:
        lead = Role.objects.get(name="Satış takım lideri")
        FieldRule.objects.create(role=lead, type_key=KEY, field="email", may_read=False)
        rows = changed(cast, city="Manisa", email="yeni@lalemarket.com.tr")
        watch = Watch(frozenset({RecordRef(KEY, cast.lale_market.pk)}))

        assert told(cast.zeynep, watch, rows) == [("changed", ["city"])]

    def test_lists_hear_of_new_records_in_sight(self, cast: Cast) -> None:
        reader = Reader()
        reader.new_rows()
        record_actions.create(record_type(KEY), [{"name": "Yeni Kişi"}], actor=cast.ayse.actor)
        rows = reader.new_rows()

        watch = read_watch(f"list:{KEY}")
        kinds = [m.data["kind"] for m in messages_for(cast.zeynep.user, watch, rows, Sight())]
        assert kinds == ["created"]
        assert messages_for(cast.mehmet.user, watch, rows, Sight()) == []


class TestReader:
    def test_gives_each_row_once_even_when_it_appears_late(self, cast: Cast) -> None:
        reader = Reader()
        reader.new_rows()
        late = OutboxEvent.objects.latest("id")
        values = {f.name: getattr(late, f.name) for f in OutboxEvent._meta.concrete_fields}
        first = OutboxEvent.objects.create(**{**values, "id": late.pk + 20})
        assert [row.pk for row in reader.new_rows()] == [first.pk]

        behind = OutboxEvent.objects.create(**{**values, "id": late.pk + 10})

        assert [row.pk for row in reader.new_rows()] == [behind.pk]
        assert reader.new_rows() == []

    def test_a_returning_listener_gets_what_it_missed(self, cast: Cast) -> None:
        before = OutboxEvent.objects.latest("id").pk
        rows = changed(cast, city="Manisa")

        assert rows[-1].pk in [row.pk for row in rows_since(before)]
        assert rows_since(0) == []
        assert rows_since(2**62) == []


class TestPresence:
    def test_colleagues_are_named_and_leave(self, cast: Cast) -> None:
        ref = RecordRef(KEY, cast.lale_market.pk)
        actions.touch([(ref, cast.ayse.user.pk), (ref, cast.zeynep.user.pk)])
        actions.start_editing(ref, actor=cast.ayse.actor)

        assert [(p.name, p.editing) for p in queries.others_on(cast.zeynep.actor, ref)] == [("Ayşe Yıldırım", True)]
        actions.leave(ref, cast.ayse.user.pk)
        assert queries.others_on(cast.zeynep.actor, ref) == []

    def test_a_stranger_cannot_say_he_edits(self, cast: Cast) -> None:
        with pytest.raises(NotFoundHere):
            actions.start_editing(RecordRef(KEY, cast.lale_market.pk), actor=cast.mehmet.actor)


class TestSessions:
    def test_a_stream_ends_with_the_session_and_with_the_user(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ayse.user)
        key = sessions.session_key_of(client.cookies.output(header="", sep=";"))
        assert sessions.signed_in(key) == cast.ayse.user

        cast.ayse.user.is_active = False
        cast.ayse.user.save(update_fields=["is_active"])
        assert sessions.signed_in(key) is None

    def test_a_signed_out_or_made_up_session_is_none(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ayse.user)
        key = sessions.session_key_of(f"other=1; hatir_session={client.cookies['hatir_session'].value}")
        SessionStore(key).delete()

        assert sessions.signed_in(key) is None
        assert sessions.signed_in("") is None
        assert sessions.session_key_of("hatir_session") == ""


def test_watches_are_read_leniently() -> None:
    assert read_watch("nonsense,list:unknown.type,customers.customer:short") == Watch()
    assert read_watch("list:customers.company").lists == frozenset({KEY})


def test_a_message_is_written_as_server_sent_event() -> None:
    text = as_text(Message("changed", {"by": "Işık\n\nevent: x"}, "01ABC"))

    assert text == 'id: 01ABC\nevent: changed\ndata: {"by": "Işık\\n\\nevent: x"}\n\n'
