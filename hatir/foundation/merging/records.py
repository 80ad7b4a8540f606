"""What the room offers to the house when it starts."""

from __future__ import annotations

from hatir.foundation.audit.undo import take_back_with
from hatir.foundation.merging.separating import undo_merges

take_back_with(undo_merges)
