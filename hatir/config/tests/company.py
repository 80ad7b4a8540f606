"""A company in a folder of its own, worked on through the command as an operator does."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FIRST_START = """
from hatir.config.cli.start import start_django
start_django()
from hatir.config import first_run, preparing
preparing.prepare_database()
first_run.sign_in_link("")
"""


@dataclass
class Company:
    """A data folder with its database, worked on through the command as an operator does."""

    home: Path
    database_url: str = ""
    language: str = "en"
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "hatir.config.cli", *arguments)

    def fill(self) -> None:
        """Make the tables, one administrator and one file."""
        filled = self.python("-c", FIRST_START)
        assert filled.returncode == 0, filled.stderr
        (self.home / "files" / "2026").mkdir(parents=True)
        (self.home / "files" / "2026" / "sözleşme.pdf").write_bytes(b"contract")

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "HATIR_HOME": str(self.home),
            "HATIR_LANGUAGE": self.language,
            "HATIR_SECRET_KEY": "",
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "hatir.config.settings.prod",
            "PYTHONPATH": str(ROOT),
            **self.settings,
        }
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment, cwd=self.home, capture_output=True, text=True, check=False)
