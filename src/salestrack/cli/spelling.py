"""What goes to a terminal that is not data: one line each, with nothing in it that would steer the terminal."""


def spelled(line: str) -> str:
    r"""Return a line as it may be printed: control characters, which came from somebody's file, spelled out (`\x1b`)."""
    if line.isprintable():
        return line
    from salestrack.render.safety import safe  # hardly ever needed

    return safe(line)
