"""Imports only go down: the contracts in pyproject.toml."""

from __future__ import annotations

import pytest
from importlinter import cli

from tests.architecture.source import ROOT


class TestContracts:
    def test_are_kept(self, capfd: pytest.CaptureFixture[str]) -> None:
        broken = cli.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)

        assert broken == 0, capfd.readouterr().out
