"""Why records are not merged, or a merge not taken back; each fit to be shown to a person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.refs import RecordRef


class CannotMerge(RecordError):
    """These two records cannot become one, or are no longer two."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return self.reason


class ChangedSinceShown(RecordError):
    """One of the records was changed after it was shown; both have to be looked at again."""

    def __str__(self) -> str:
        return _("One of the two records was changed after you opened this page. Look at both once more.")


class CannotUnmerge(RecordError):
    """A merge cannot be taken back now; `first` names the merge that has to be taken back before."""

    def __init__(self, reason: str, first: RecordRef | None = None) -> None:
        self.reason, self.first = reason, first
        super().__init__(reason)

    def __str__(self) -> str:
        return self.reason


class MergedAway(RecordError):
    """The record went into another one, which is named."""

    def __init__(self, into: RecordRef) -> None:
        self.into = into
        super().__init__(into)

    def __str__(self) -> str:
        return _("This record was merged into another one.")
