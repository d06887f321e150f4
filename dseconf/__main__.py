"""``python -m dseconf``."""

import sys

from dseconf.cli import main

sys.exit(main())
