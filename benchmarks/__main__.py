"""The command of make bench."""

import sys

from benchmarks.run import main

sys.exit(main())
