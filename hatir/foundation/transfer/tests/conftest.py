"""Files in a folder of their own, and a short way to bring one in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hatir.foundation.files.actions import store
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.actor import Actor
from hatir.foundation.transfer import actions
from hatir.foundation.transfer.models import ImportRun

Bring = Callable[..., ImportRun]


@pytest.fixture(autouse=True)
def files_folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def bring(db: None) -> Bring:
    """Store a file, open a run, and import it with the worker's own code."""

    def run(
        content: str | bytes,
        type_key: str,
        actor: Actor,
        *,
        name: str = "liste.csv",
        mapping: dict[int, str] | None = None,
        options: dict[str, Any] | None = None,
        only_check: bool = False,
    ) -> ImportRun:
        whole = content.encode() if isinstance(content, str) else content
        opened = actions.begin_import(store([whole], name=name, actor=actor), type_key, actor=actor)
        if mapping is not None:
            actions.set_mapping(opened.pk, mapping, actor=actor)
        if options is not None:
            actions.set_options(opened.pk, options, actor=actor)
        (actions.start_check if only_check else actions.start_import)(opened.pk, actor=actor)
        run_due()
        opened.refresh_from_db()
        return opened

    return run
