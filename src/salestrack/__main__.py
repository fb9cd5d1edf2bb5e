"""Where the program starts: `salestrack`, `strk` and `python -m salestrack`."""

import _signal as signal  # type: ignore[import-not-found]  # signal itself imports enum; the sooner the next line comes
import gc
import os

# Until there is somebody to tell it, Ctrl-C ends the process without a word: nothing has happened yet.
signal.signal(signal.SIGINT, lambda *_: os._exit(130))

# Start-up allocates for good; collecting in its midst finds nothing and costs a twentieth of a short command.
gc.set_threshold(50_000, 20, 20)

from salestrack.cli import main  # noqa: E402 - the lines above are for this import

signal.signal(signal.SIGINT, signal.default_int_handler)

if __name__ == "__main__":
    main()
