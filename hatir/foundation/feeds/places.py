"""Where files are, and how one signs in there."""

from __future__ import annotations

from dataclasses import dataclass

SFTP = "sftp://"


@dataclass(frozen=True)
class Place:
    """An address with its credentials.

    On the web one signs in by name and password, or by a token where no name is given; over SFTP by name and
    password, or by a private key, which the password opens. `host_key` is the server's key that was accepted.
    """

    url: str
    user_name: str = ""
    password: str = ""
    private_key: str = ""
    host_key: str = ""

    @property
    def is_sftp(self) -> bool:
        return is_sftp(self.url)


def is_sftp(url: str) -> bool:
    """Tell whether files are fetched over SFTP from an address."""
    return url.lower().startswith(SFTP)  # ascii-only: a protocol word
