"""Files of an SFTP server: its key is checked before anything is said, then its files are listed and read."""

from __future__ import annotations

import binascii
import io
import socket
import stat
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from hatir.foundation.feeds import fetching
from hatir.foundation.feeds.errors import FeedRefused, HostKeyChanged, HostKeyUnknown
from hatir.foundation.feeds.places import Place
from hatir.foundation.outbound.addresses import AddressRefused, judge
from hatir.foundation.outbound.preferences import inner_addresses_allowed

if TYPE_CHECKING:
    import paramiko

PORTS = {"sftp": 22}
MOST_FILES = 20_000
READ_BYTES = 256 * 1024
REQUESTS_AHEAD = 64
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".swp")
"""How programs call a file that they are still writing."""


@dataclass(frozen=True)
class RemoteFile:
    """A file as the server lists it; `modified` is the server's time in seconds."""

    path: str
    name: str
    size: int
    modified: int


class Server:
    """A server that one is signed in to."""

    def __init__(self, client: paramiko.SFTPClient, url: str) -> None:
        self._client = client
        self.folder, self.pattern = folder_of(url)

    def files(self) -> list[RemoteFile]:
        """List the files that fit the pattern, oldest first. Raises FeedRefused."""
        found = []
        try:
            for count, entry in enumerate(self._client.listdir_iter(self.folder)):
                if count >= MOST_FILES:
                    told = _("The folder holds more than %(most)d files. Move old ones away.")
                    raise FeedRefused(told % {"most": MOST_FILES})
                if self._fits(entry):
                    path = f"{self.folder.rstrip('/')}/{entry.filename}"
                    found.append(RemoteFile(path, entry.filename, entry.st_size or 0, int(entry.st_mtime or 0)))
        except PermissionError:
            raise FeedRefused(_("The folder %(folder)s may not be read.") % {"folder": self.folder}) from None
        except FileNotFoundError:
            raise FeedRefused(_("There is no folder %(folder)s on the server.") % {"folder": self.folder}) from None
        return sorted(found, key=lambda file: (file.modified, file.name))

    def _fits(self, entry: Any) -> bool:
        name = entry.filename
        ending = name.lower()  # ascii-only: file endings of programs
        is_whole = not name.startswith(".") and not ending.endswith(UNFINISHED)
        is_tame = "/" not in name and "\x00" not in name and len(name) <= 255
        return is_whole and is_tame and stat.S_ISREG(entry.st_mode or 0) and fnmatchcase(name, self.pattern)

    def chunks(self, file: RemoteFile) -> Iterator[bytes]:
        """Read a file; one that grows or shrinks meanwhile is not whole. Raises FeedRefused."""
        if file.size > fetching.LARGEST_BYTES:
            raise FeedRefused(fetching.too_large())
        read, late = 0, time.monotonic() + fetching.LONGEST_SECONDS
        try:
            with self._client.open(file.path, "rb") as opened:
                opened.prefetch(file.size, max_concurrent_requests=REQUESTS_AHEAD)
                while chunk := opened.read(READ_BYTES):
                    read += len(chunk)
                    if time.monotonic() > late:
                        raise FeedRefused(_("The file takes too long to arrive."))
                    yield chunk
            size = self._client.stat(file.path).st_size
        except PermissionError:
            raise FeedRefused(_("The file %(name)s may not be read.") % {"name": file.name}) from None
        except FileNotFoundError:
            raise FeedRefused(_("The file %(name)s is no longer there.") % {"name": file.name}) from None
        if not read == size == file.size:
            told = _("The file %(name)s is still being written. It is fetched next time.")
            raise FeedRefused(told % {"name": file.name})


@contextmanager
def signed_in(place: Place) -> Iterator[Server]:
    """Connect, compare the server's key with the accepted one, sign in. Raises FeedRefused."""
    ssh = _ssh()
    try:
        with _connected(place) as transport:
            _require_known_key(transport, place)
            _sign_in(transport, place)
            client = ssh.SFTPClient.from_transport(transport)
            if client is None:
                raise FeedRefused(_("The server gives no files over SFTP."))
            client.get_channel().settimeout(fetching.TIMEOUT_SECONDS)
            yield Server(client, place.url)
    except ssh.AuthenticationException:
        raise FeedRefused(_("The server refuses the user name, the password or the private key.")) from None
    except (ssh.SSHException, EOFError, OSError) as problem:
        told = _("The server does not answer as it should (%(problem)s).")
        raise FeedRefused(told % {"problem": type(problem).__name__}) from problem


@contextmanager
def _connected(place: Place) -> Iterator[paramiko.Transport]:
    """Call the very address that was judged."""
    ssh = _ssh()
    host, port = judged(place.url)
    try:
        connection = socket.create_connection((host, port), timeout=fetching.TIMEOUT_SECONDS)
    except OSError as problem:
        told = _("The server cannot be reached (%(problem)s).")
        raise FeedRefused(told % {"problem": problem.strerror or type(problem).__name__}) from problem
    with closing(connection), closing(ssh.Transport(connection)) as transport:
        if place.host_key:  # a server that has several keys shows the kind that was accepted
            kind = place.host_key.split(" ")[0]
            kinds = ("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,)
            offered = transport.get_security_options()
            known = [each for each in kinds if each in offered.key_types]
            offered.key_types = [*known, *(each for each in offered.key_types if each not in known)]
        transport.start_client(timeout=fetching.TIMEOUT_SECONDS)
        yield transport


def judged(url: str) -> tuple[str, int]:
    """Judge an address as webhooks do; give the IP and port to call. Raises FeedRefused."""
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise FeedRefused(_("Write the user name into its own field, not into the address."))
    if not folder_of(url)[1]:
        raise FeedRefused(_("The address needs a file name or a pattern at its end, like sftp://host/folder/*.csv."))
    try:
        target = judge(url, inner_allowed=inner_addresses_allowed(), ports=PORTS)
    except AddressRefused as problem:
        raise FeedRefused(str(problem)) from problem
    return target.ip, target.port


def host_of(url: str) -> str:
    """Give host and port of an address, as they are compared."""
    return urlsplit(url).netloc.lower()  # ascii-only: a host name


def folder_of(url: str) -> tuple[str, str]:
    """Split an address into folder and pattern; a path that begins with ~ is of the user's own folder."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    folder, _slash, pattern = path.rpartition("/")
    if folder == "/~" or folder.startswith("/~/"):
        return f".{folder[2:]}", pattern
    return folder or "/", pattern


def _require_known_key(transport: paramiko.Transport, place: Place) -> None:
    found = transport.get_remote_server_key()
    shown = f"{found.get_name()} {found.get_base64()}"
    if not place.host_key:
        raise HostKeyUnknown(shown, fingerprint(shown))
    if shown != place.host_key:
        raise HostKeyChanged(shown, fingerprint(shown), fingerprint(place.host_key))


def fingerprint(host_key: str) -> str:
    """Give the fingerprint of a key as operators compare it: SHA256:…; nothing for what is no key."""
    kind, _space, body = host_key.partition(" ")
    try:
        made = _ssh().PKey.from_type_string(kind, b64decode(body, validate=True))
    except (binascii.Error, ValueError, _ssh().SSHException):
        return ""
    return f"{made.fingerprint} ({kind})"


def _sign_in(transport: paramiko.Transport, place: Place) -> None:
    transport.auth_timeout = fetching.TIMEOUT_SECONDS
    if place.private_key:
        transport.auth_publickey(place.user_name, private_key(place.private_key, place.password))
    else:
        transport.auth_password(place.user_name, place.password)


def private_key(text: str, password: str) -> paramiko.PKey:
    """Read a private key as ssh-keygen writes it, opened by `password` if it has one. Raises FeedRefused."""
    ssh = _ssh()
    if "PuTTY-User-Key-File" in text:
        raise FeedRefused(_("This key is in PuTTY's own format: export it as an OpenSSH key (PuTTYgen, Conversions)."))
    for kind in (ssh.Ed25519Key, ssh.ECDSAKey, ssh.RSAKey):
        try:
            found: paramiko.PKey = kind.from_private_key(io.StringIO(text.strip() + "\n"), password or None)
        except ssh.PasswordRequiredException:
            raise FeedRefused(_("The private key has a password of its own: enter it as the password.")) from None
        except (ssh.SSHException, ValueError, IndexError, TypeError, UnicodeError):
            continue
        return found
    told = _("The private key cannot be read. Paste the whole OpenSSH key, and check the password that opens it.")
    raise FeedRefused(told)


def _ssh() -> Any:
    """Load the library when the first server is called: it costs every start otherwise."""
    return import_module("paramiko")
