"""`python -m hatir.config.cli`."""

import sys

from hatir.config.cli import main

sys.exit(main())
