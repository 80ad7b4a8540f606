"""Why a file cannot come in or go out."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hatir.foundation.jobs.errors import NeverAgain


class TransferRefused(NeverAgain):
    """An import or export that cannot go on; the message is fit for the user."""


class FileUnreadable(TransferRefused):
    """The file is not a table that can be read."""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(detail)

    def __str__(self) -> str:
        told = _("This file cannot be read as a table. Save it as CSV or Excel (.xlsx) and try again.")
        return f"{told} ({self.detail})" if self.detail else told


class NothingMapped(TransferRefused):
    """No column goes to a field."""

    def __str__(self) -> str:
        return _("Choose a field for at least one column.")


class NeededMissing(TransferRefused):
    """A mapped column needs more (its source, its date), and neither a column nor one value for the file gives it."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(*self.problems)

    def __str__(self) -> str:
        return " ".join(self.problems)


class RightsEnded(TransferRefused):
    """The right to import was taken away while the import ran."""

    def __str__(self) -> str:
        return _("The right to import these was taken away. What is written stays; the rest can go on once it is back.")


class AlreadyStarted(TransferRefused):
    """The run is past the step at which this could be changed."""

    def __str__(self) -> str:
        return _("This import has already started.")


class TooLateToRevert(TransferRefused):
    """The run cannot be taken back any more."""

    def __str__(self) -> str:
        return _("This import can no longer be taken back.")
