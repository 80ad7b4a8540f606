"""Where the house may call: out into the street, never into the company's own network.

The name is looked up once, every address it has is judged, and the one that was judged is the one that is
called; a name that changes its address in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
WEB = {"http": 80, "https": 443}
"""Schemes of web addresses with their usual ports."""


class AddressRefused(Exception):
    """The address lies inside, or is none; the message is fit for the user."""


@dataclass(frozen=True)
class Target:
    """An address that was judged: the host to name, and the IP to call."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str

    @property
    def url(self) -> str:
        """Give the URL by IP."""
        shown = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.scheme}://{shown}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == WEB.get(self.scheme) else f"{shown}:{self.port}"


def judge(url: str, *, inner_allowed: bool, ports: Mapping[str, int] = WEB) -> Target:
    """Look the host up and judge every address it has; `ports` names the schemes. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port or ports.get(parts.scheme, 0)
    except ValueError:
        raise AddressRefused(_("This is no web address.")) from None
    if parts.scheme not in ports or not parts.hostname or parts.username or parts.password:
        raise AddressRefused(_("Only http and https addresses without a user name are called."))
    found = _look_up(parts.hostname, port)
    if not inner_allowed:
        for ip in found:
            if is_inner(ip):
                message = _("%(host)s lies inside your own network. An administrator can allow that in the settings.")
                raise AddressRefused(message % {"host": parts.hostname})
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port, str(found[0]), path)


def is_inner(ip: Ip) -> bool:
    """Tell whether an address is loopback, private, link-local (cloud metadata), shared, multicast or reserved."""
    if isinstance(ip, ipaddress.IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            hidden = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if hidden is not None:
            return is_inner(hidden)
    return not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified


def _look_up(host: str, port: int) -> list[Ip]:
    try:
        # As the C library reads it, so that 0x7f.1, 2130706433 and 127.1 are judged as what they are called as.
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(_("The name %(host)s cannot be found.") % {"host": host}) from None
    return list(dict.fromkeys(ipaddress.ip_address(str(row[4][0]).split("%")[0]) for row in rows))
