"""The frame of every page: who is let in, what headers say, which areas are shown, what is kept in cookies."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from hatir.interface.web import nav
from hatir.interface.web.permission import screen
from hatir.interface.web.screens import styleguide
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*(src=|type=\"application/json\"))")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


class TestGuard:
    def test_sends_strangers_to_sign_in_and_back(self) -> None:
        response = Client().get("/styleguide/?a=1")

        assert response.status_code == 302
        assert response["Location"] == "/accounts/login/?next=/styleguide/%3Fa%3D1"

    def test_sends_the_page_of_a_fragment_to_sign_in(self) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/?q=a"}

        response = Client().get("/styleguide/", headers=headers)

        assert response.status_code == 401
        assert response["HX-Redirect"] == "/accounts/login/?next=%2Fcustomers%2F%3Fq%3Da"

    def test_hides_what_a_user_has_no_right_to(self, cast: Cast) -> None:
        assert browser_of(cast.can).get("/styleguide/").status_code == 404

    def test_asks_for_the_verb_on_the_type_in_the_address(self, cast: Cast, rf: RequestFactory) -> None:
        @screen(permission=":view")
        def show(request: HttpRequest, type_key: str) -> HttpResponse:
            return HttpResponse(type_key)

        request = rf.get("/")
        request.user = cast.ayse.user

        response = show(request, type_key="customers.customer")

        assert response.content == b"customers.customer"
        assert response["Cache-Control"] == "private, no-cache"
        assert "HX-Request" in response["Vary"]


class TestHeaders:
    def test_forbid_inline_script_and_style(self) -> None:
        policy = Client().get("/offline/")["Content-Security-Policy"]

        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy

    def test_tell_caches_that_fragments_differ(self) -> None:
        assert "HX-Request" in Client().get("/offline/")["Vary"]


class TestStyleguide:
    @pytest.mark.parametrize("name", ["", *styleguide.SCREENS, *styleguide.FRAGMENTS])
    def test_draws_every_template_without_inline_script_or_style(self, cast: Cast, name: str) -> None:
        response = browser_of(cast.admin).get(f"/styleguide/{name}/" if name else "/styleguide/")

        assert response.status_code == 200
        assert INLINE.findall(response.content.decode()) == []


class TestNavigation:
    def test_marks_the_page_with_the_longest_address(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        pages = [nav.Page("all", "All", "/sales/"), nav.Page("sales.deal", "Deals", "/sales/deals/")]
        monkeypatch.setitem(nav._pages, "sales", pages)

        shown = {area.key: area for area in nav.navigation(cast.ayse.actor, "/sales/deals/5/")}

        assert shown["sales"].active
        assert [page.label for page in shown["sales"].pages if page.active] == ["Deals"]
        assert "loyalty" not in shown

    @pytest.mark.parametrize(
        ("path", "area", "page"),
        [
            ("/records/leads.lead/0000000000000/", "sales", "Adaylar"),
            ("/records/quotes.quote/0000000000000/edit/", "sales", "Teklifler"),
            ("/records/sales.deal/0000000000000/", "sales", "Fırsatlar"),
            ("/sales/deals/0000000000000/stage/", "sales", "Fırsatlar"),
            ("/records/customers.company/0000000000000/", "customers", "Kurumlar"),
            ("/records/no.such/0000000000000/", "", ""),
        ],
    )
    def test_marks_where_a_record_is_listed(self, cast: Cast, path: str, area: str, page: str) -> None:
        shown = nav.navigation(cast.admin.actor, path)

        assert [each.key for each in shown if each.active] == [area] * bool(area)
        marked = [str(one.label) for each in shown for one in each.pages if one.active]
        assert marked == [page] * bool(page)

    def test_leaves_out_what_the_user_may_not_see(self, cast: Cast) -> None:
        assert "customers" not in {area.key for area in nav.navigation(cast.can.actor, "/")}


class TestLook:
    def test_is_kept_in_cookies_and_drawn_by_the_server(self) -> None:
        client = Client()

        response = client.post("/appearance/", {"theme": "dark", "density": "compact", "next": "/offline/"})

        assert response["Location"] == "/offline/"
        page = client.get("/offline/").content.decode()
        assert 'data-theme="dark"' in page
        assert 'data-density="compact"' in page

    def test_takes_neither_unknown_values_nor_foreign_addresses(self) -> None:
        client = Client()

        response = client.post("/appearance/", {"theme": '"><script>', "next": "https://example.com/"})

        assert response["Location"] == "/"
        assert "hatir_theme" not in client.cookies

    def test_of_the_user_speaks_the_users_language(self, cast: Cast) -> None:
        cast.admin.user.language = "en"
        cast.admin.user.save(update_fields=["language"])

        page = browser_of(cast.admin).get("/styleguide/", headers={"Accept-Language": "tr"})

        assert 'lang="en"' in page.content.decode()
        assert page.cookies["hatir_language"].value == "en"


class TestInstallableApplication:
    def test_serves_its_worker_from_the_top(self) -> None:
        response = Client().get("/sw.js")

        assert response["Content-Type"].startswith("text/javascript")
        assert b"addEventListener('fetch'" in response.content

    def test_describes_itself(self) -> None:
        content = Client().get("/manifest.webmanifest").json()

        assert content["start_url"] == "/today"
        assert [(icon["sizes"], icon["type"], icon["purpose"]) for icon in content["icons"]] == [
            ("192x192", "image/png", "any"), ("512x512", "image/png", "any"),
            ("192x192", "image/png", "maskable"), ("512x512", "image/png", "maskable"),
            ("any", "image/svg+xml", "any"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "size"),
        [("icon-192", 192), ("icon-512", 512), ("maskable-192", 192), ("maskable-512", 512),
         ("apple-touch-icon", 180)],
    )  # fmt: skip
    def test_has_icons_of_the_promised_size(self, name: str, size: int) -> None:
        found = finders.find(f"vendor/{name}.png")
        assert isinstance(found, str)
        content = Path(found).read_bytes()

        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", content[16:24]) == (size, size)


class TestIcons:
    def test_that_templates_draw_are_in_the_sprite(self) -> None:
        from tests.architecture.source import ROOT, browser_files

        lines = (ROOT / "frontend" / "icons.txt").read_text(encoding="utf-8").splitlines()
        known = {line.split("#")[0].split("=")[0].strip() for line in lines}
        drawn = {
            name
            for path in browser_files(".html")
            for name in re.findall(
                r'(?:\{% icon |icon_name=|with [^%]*icon=)"([\w-]+)"', path.read_text(encoding="utf-8")
            )
        } | {area.icon for area in nav.AREAS}

        assert drawn - known == set()
