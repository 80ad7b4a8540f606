"""Why a feed could not be fetched or kept."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hatir.foundation.transfer.errors import TransferRefused


class FeedRefused(TransferRefused):
    """The message is fit for the user."""


class HostKeyUnknown(FeedRefused):
    """Nobody has accepted the server's key yet; `host_key` is the one that it shows."""

    def __init__(self, host_key: str, fingerprint: str) -> None:
        self.host_key, self.fingerprint = host_key, fingerprint
        told = _("The server shows the key %(found)s. Compare it with what its operator says, then accept it.")
        super().__init__(told % {"found": fingerprint})


class HostKeyChanged(FeedRefused):
    """The server shows another key than the one that was accepted: it was changed, or somebody stands between."""

    def __init__(self, host_key: str, fingerprint: str, accepted: str) -> None:
        self.host_key, self.fingerprint = host_key, fingerprint
        told = _(
            "The server shows the key %(found)s instead of %(accepted)s, which was accepted. Nothing was sent to it. "
            "Ask its operator whether the key was changed; then try the connection and accept the new one."
        )
        super().__init__(told % {"found": fingerprint, "accepted": accepted})
