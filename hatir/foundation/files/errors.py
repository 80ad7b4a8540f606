"""Why a file cannot be kept."""

from __future__ import annotations

from django.utils.translation import gettext as _


class FileRefused(Exception):
    """A file cannot be stored; the message is fit for the user."""


class DiskFull(FileRefused):
    """There is no room left on the server."""

    def __str__(self) -> str:
        return _("The disk of the server is full, so the file was not stored. Tell your administrator.")


class TooLarge(FileRefused):
    """The file is larger than allowed."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__(limit_bytes)

    def __str__(self) -> str:
        return _("The file is larger than %(limit)s MB.") % {"limit": self.limit_bytes // 1_000_000}


class EmptyFile(FileRefused):
    """The file holds nothing."""

    def __str__(self) -> str:
        return _("The file is empty.")
