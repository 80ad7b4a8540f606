"""Where webhooks may go, whatever name the address goes by."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from hatir.foundation.outbound.addresses import AddressRefused, judge

INNER = [
    "http://127.0.0.1/", "http://localhost/", "http://10.1.2.3/", "http://192.168.1.1/", "http://172.16.0.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://0.0.0.0/", "http://[::1]/",
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[fe80::1]/", "http://[fd00::1]/",
    "http://[64:ff9b::7f00:1]/", "http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://224.0.0.1/",
    "http://255.255.255.255/",
]  # fmt: skip
NONE = ["ftp://example.com/", "file:///etc/passwd", "http://", "http://a:b@example.com/", "http://example.com:99999/"]


class TestJudge:
    @pytest.mark.parametrize("url", INNER)
    def test_refuses_inner_addresses(self, url: str) -> None:
        with pytest.raises(AddressRefused):
            judge(url, inner_allowed=False)

    @pytest.mark.parametrize("url", NONE)
    def test_refuses_what_is_no_web_address(self, url: str) -> None:
        with pytest.raises(AddressRefused):
            judge(url, inner_allowed=True)

    def test_refuses_a_name_with_one_inner_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _answer_with(monkeypatch, "93.184.215.14", "10.0.0.1")

        with pytest.raises(AddressRefused):
            judge("https://example.com/", inner_allowed=False)

    def test_pins_the_address_that_it_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _answer_with(monkeypatch, "93.184.215.14")

        target = judge("https://example.com/a?b=1", inner_allowed=False)

        assert (target.url, target.host_header) == ("https://93.184.215.14:443/a?b=1", "example.com")

    def test_lets_the_company_allow_inner_addresses(self) -> None:
        assert judge("http://127.0.0.1:8080/", inner_allowed=True).url == "http://127.0.0.1:8080/"


def _answer_with(monkeypatch: pytest.MonkeyPatch, *ips: str) -> None:
    def look_up(host: str, port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
