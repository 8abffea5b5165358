"""`python -m redclock`: the `redclock` command where the console script is not on the path."""

import sys

from redclock.cli import main

if __name__ == "__main__":
    sys.exit(main())
