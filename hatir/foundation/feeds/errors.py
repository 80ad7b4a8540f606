"""Why a feed could not be fetched or kept."""

from __future__ import annotations

from hatir.foundation.transfer.errors import TransferRefused


class FeedRefused(TransferRefused):
    """The message is fit for the user."""
