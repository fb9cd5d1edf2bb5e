"""Where the program starts: `salestrack`, `strk` and `python -m salestrack`."""

import gc

# Start-up allocates for good; collecting in its midst finds nothing and costs a twentieth of a short command.
gc.set_threshold(50_000, 20, 20)

from salestrack.cli import main  # noqa: E402 - the line above is for this import

if __name__ == "__main__":
    main()
