"""Write docs/commands.md from the program's own help, and what the sessions in the documents print today.

`python docs/generate_commands.py` writes, `--check` writes nothing and fails where a page has drifted.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ["COLUMNS"] = "80"  # help is wrapped at this width, whoever generates it

from tests.sessions import Shell, pages, played_page  # noqa: E402

from salestrack.cli import program  # noqa: E402 - the width first
from salestrack.cli.commands import ENTRIES, SECTIONS  # noqa: E402
from salestrack.cli.groups import Entry  # noqa: E402

PAGE = ROOT / "docs" / "commands.md"
HEAD = """# Commands

What `salestrack COMMAND --help` says, command by command; this page is generated from it.
`strk` is the same program under a shorter name.
The global options are understood anywhere on the line before `--`.
What the words mean (dates, amounts, names, periods) stands in [words.md](words.md).

Every command ends with an exit code for scripts; data goes to stdout, remarks and errors to stderr:

| exit code | meaning |
|---|---|
| 0 | done, or nothing found |
| 1 | refused by a rule, or failed |
| 2 | wrong usage: an unknown option, report, period or format, or a word that cannot be read |
| 3 | an import finished, but some rows were rejected |
| 4 | not found, or ambiguous |
| 5 | `doctor` found something that is left to mend |
| 6 | the book is missing, damaged, read-only, or newer than the program |
| 7 | the book is in use by another process |
| 130 | interrupted |
"""


def commands_page() -> str:
    """Return docs/commands.md as it has to be."""
    chapters = [HEAD, _index(), _chapter("salestrack", [], level=2)]
    for names in SECTIONS.values():
        for name in names:
            chapters += _chapters(name, ENTRIES[name])
    return "\n".join(chapters)


def _index() -> str:
    lines = []
    for title, names in SECTIONS.items():
        links = " ".join(f"[`{name}`](#{name})" for name in names)
        lines.append(f"- {title}: {links}\n")
    return "".join(lines)


def _chapters(name: str, entry: Entry) -> Iterator[str]:
    yield _chapter(name, [name], level=2)
    for verb in entry.verbs or {}:
        yield _chapter(f"{name} {verb}", [name, verb], level=3)


def _chapter(title: str, words: list[str], *, level: int) -> str:
    return f"{'#' * level} {title}\n\n```text\n{help_of(words)}```\n"


def help_of(words: list[str]) -> str:
    """Return the help of a command."""
    group = program()
    context = group.make_context("salestrack", [], resilient_parsing=True)
    command = group
    for word in words:
        command = command.get_command(context, word)
        context = command.make_context(word, [], parent=context, resilient_parsing=True)
    return command.get_help(context).rstrip() + "\n"


def wanted() -> Mapping[Path, str]:
    """Return every generated page, and every page with sessions, as they have to be."""
    found = {}
    for page in pages():
        if page != PAGE and page.exists():
            with tempfile.TemporaryDirectory() as home:
                found[page] = played_page(page.read_text(encoding="utf-8"), Shell(Path(home)))
    return {**found, PAGE: commands_page()}


def main(words: list[str]) -> int:
    """Write the pages that have drifted, or name them."""
    drifted = 0
    for page, text in wanted().items():
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        drifted += 1
        name = page.relative_to(ROOT)
        if "--check" in words:
            print(f"{name} is not what the program says today; this mends it: make docs", file=sys.stderr)
        else:
            page.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return int("--check" in words and drifted > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
