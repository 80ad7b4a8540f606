"""`python -m tests.templates_are_tidy`: djhtml has nothing to indent; `bin/format` mends it."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import browser_files


def main() -> int:
    templates = [str(path) for path in browser_files(".html")]
    if not templates:
        return 0
    return subprocess.run(
        [sys.executable, "-m", "djhtml", "--check", "--tabwidth", "2", *templates], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
