"""Conditions and named fields inside forms: chosen instead of typed, with and without a script."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from hatir.foundation.records import actions
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type
from tests.world.cast import SYSTEM, Cast, Member, make_cast

pytestmark = pytest.mark.django_db
RULE, STAGE = "leads.assignment_rule", "sales.stage"
NEW = f"/records/{RULE}/new/"
PART = f"/records/{RULE}/conditions/rule/"
HTMX: Any = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def rows(*conditions: tuple[str, str, str], field: str = "rule") -> dict[str, str]:
    """Give one group of conditions as the editor sends it."""
    sent = {f"{field}__sent": "1", f"when:{field}:group-0": "1"}
    for at, (name, op, value) in enumerate(conditions):
        sent |= {f"when:{field}:{part}-0.{at}": text for part, text in (("field", name), ("op", op), ("value", value))}
    return sent


def stored(key: str, **wanted: Any) -> Any:
    return record_type(key).model._base_manager.get(**wanted)


class TestACondition:
    def sent(self, **more: str) -> dict[str, str]:
        return {"name": "İzmir", "way": "skill", "position": "1", **more}

    def test_is_stored_from_the_rows_of_the_editor(self, cast: Cast) -> None:
        sent = self.sent(**rows(("city", "is", "İzmir"), ("estimated_value", "gt", "50.000")))

        answer = browser_of(cast.admin).post(NEW, sent)

        assert answer.status_code == 302
        assert stored(RULE, name="İzmir").rule == 'city is "İzmir" and estimated_value > 50000'

    def test_is_stored_from_text_in_its_one_form(self, cast: Cast) -> None:
        browser_of(cast.admin).post(NEW, self.sent(rule='city   = "İzmir"'))

        assert stored(RULE, name="İzmir").rule == 'city is "İzmir"'

    def test_may_stay_empty(self, cast: Cast) -> None:
        browser_of(cast.admin).post(NEW, self.sent(rule__sent="1"))

        assert stored(RULE, name="İzmir").rule == ""

    def test_is_taken_away_by_an_editor_without_rows(self, cast: Cast) -> None:
        made = actions.create(record_type(RULE), [self.sent(rule='city is "İzmir"')], actor=SYSTEM)[0]

        url = f"/records/{RULE}/{made.public_id}/edit/"
        answer = browser_of(cast.admin).post(url, {**self.sent(rule__sent="1"), "version": "1"})

        assert (answer.status_code, stored(RULE, pk=made.pk).rule) == (302, "")

    def test_that_cannot_be_read_comes_back_as_it_was_typed(self, cast: Cast) -> None:
        answer = browser_of(cast.admin).post(NEW, self.sent(**rows(("estimated_value", "gt", "çok"))))

        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="çok"' in page
        assert not record_type(RULE).model._base_manager.exists()

    def test_is_changed_without_a_script_and_without_saving(self, cast: Cast) -> None:
        sent = self.sent(**rows(("city", "is", "İzmir")), do="when:rule:add:0")

        answer = browser_of(cast.admin).post(NEW, sent)

        page = answer.content.decode()
        assert answer.status_code == 200
        assert 'name="when:rule:field-0.1"' in page
        assert 'value="İzmir"' in page
        assert not record_type(RULE).model._base_manager.exists()

    def test_is_drawn_from_what_is_stored(self, cast: Cast) -> None:
        made = actions.create(record_type(RULE), [self.sent(rule='city is "İzmir"')], actor=SYSTEM)[0]

        page = browser_of(cast.admin).get(f"/records/{RULE}/{made.public_id}/edit/").content.decode()

        assert 'name="when:rule:value-0.0"' in page
        assert '<option value="city" selected>' in page
        assert '<textarea class="input mono" name="rule"' not in page

    def test_that_names_a_field_no_longer_there_is_shown_as_text(self, cast: Cast) -> None:
        made = actions.create(record_type(RULE), [self.sent()], actor=SYSTEM)[0]
        broken: dict[str, Any] = {"rule": "colour is 3"}
        record_type(RULE).model._base_manager.filter(pk=made.pk).update(**broken)

        page = browser_of(cast.admin).get(f"/records/{RULE}/{made.public_id}/edit/").content.decode()

        assert ">colour is 3</textarea>" in page

    def test_is_said_in_words_on_the_list(self, cast: Cast) -> None:
        actions.create(record_type(RULE), [self.sent(rule='city is "İzmir"')], actor=SYSTEM)

        page = browser_of(cast.admin).get(f"/records/{RULE}/").content.decode()

        assert "city is" not in page
        assert "<td>Şehir şu: İzmir</td>" in page


class TestThePart:
    def test_begins_with_a_row_when_asked(self, cast: Cast) -> None:
        client = browser_of(cast.admin)

        empty = client.get(PART, **HTMX).content.decode()
        begun = client.get(PART, {"do": "when:rule:group"}, **HTMX).content.decode()

        assert "when:rule:field-0.0" not in empty
        assert 'name="when:rule:field-0.0"' in begun

    def test_loses_its_last_row(self, cast: Cast) -> None:
        sent = {**rows(("city", "is", "İzmir")), "do": "when:rule:remove:0.0"}

        part = browser_of(cast.admin).get(PART, sent, **HTMX).content.decode()

        assert "when:rule:field-0.0" not in part

    def test_goes_over_to_text_and_back(self, cast: Cast) -> None:
        client = browser_of(cast.admin)

        text = client.get(PART, {**rows(("city", "is", "İzmir")), "do": "when:rule:text"}, **HTMX).content.decode()
        back = client.get(PART, {"rule": 'city is "Ankara"', "do": "when:rule:editor"}, **HTMX).content.decode()

        assert "city is &quot;İzmir&quot;</textarea>" in text
        assert 'value="Ankara"' in back

    def test_says_what_is_wrong_with_typed_text(self, cast: Cast) -> None:
        part = browser_of(cast.admin).get(PART, {"rule": "colour is 3", "do": "when:rule:editor"}, **HTMX)

        page = part.content.decode()
        assert part.status_code == 200
        assert 'role="alert"' in page
        assert ">colour is 3</textarea>" in page

    def test_is_not_there_for_strangers_and_for_other_fields(self, cast: Cast) -> None:
        other = f"/records/{RULE}/conditions/name/"

        answers = [browser_of(cast.can).get(PART), browser_of(cast.admin).get(other)]

        assert [answer.status_code for answer in answers] == [404, 404]


class TestNamedFields:
    def test_are_chosen_by_their_labels(self, cast: Cast) -> None:
        page = browser_of(cast.admin).get(f"/records/{STAGE}/new/").content.decode()

        assert 'type="checkbox" name="needed_fields" value="expected_on"' in page
        assert "Beklenen kapanış" in page

    def test_are_stored_one_in_a_line_and_can_be_emptied(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        client.post(f"/records/{STAGE}/new/", {"name": "Teklif", "needed_fields": ["amount", "expected_on"]})
        made = stored(STAGE, name="Teklif")
        assert made.needed_fields == "amount\nexpected_on"

        url = f"/records/{STAGE}/{made.public_id}/edit/"
        client.post(url, {"name": "Teklif", "needed_fields__sent": "1", "version": "1"})

        assert stored(STAGE, pk=made.pk).needed_fields == ""


class TestTheDoor:
    def test_refuses_what_cannot_be_read_whoever_writes(self, cast: Cast) -> None:
        rt = record_type(STAGE)
        rows_of_stages = [{"name": "Bir", "entry_rule": "colour is 3"}, {"name": "İki", "needed_fields": "renk"}]

        with pytest.raises(Invalid) as refused:
            actions.create(rt, rows_of_stages, actor=SYSTEM)

        assert {at: list(errors) for at, errors in refused.value.rows.items()} == {
            0: ["entry_rule"],
            1: ["needed_fields"],
        }
        assert not rt.model._base_manager.exists()
