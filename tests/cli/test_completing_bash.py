"""A real bash at a pseudo-terminal: what TAB puts into the line is what the program then understands."""

import os
import pty
import select
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")

READY = b"ready> "


class Terminal:
    """A shell with the completion loaded; type into it and read what it shows."""

    def __init__(self, folder: Path) -> None:
        tools = folder / "tools"
        tools.mkdir()
        for name in ("salestrack", "strk"):
            (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m salestrack "$@"\n')
            (tools / name).chmod(0o755)
        rc = folder / "bashrc"
        rc.write_text(
            f'PATH="{tools}:$PATH"\nPS1="ready> "\nbind "set bell-style none"\nbind "set enable-bracketed-paste off"\n'
            'eval "$(salestrack completion bash)"\n'
        )
        self.folder = folder
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.environ |= {"TERM": "dumb", "COLUMNS": "400", "LC_ALL": "C.UTF-8"}
            os.execvp("bash", ["bash", "--noprofile", "--rcfile", str(rc), "-i"])
        self.pid = pid

    def start(self) -> None:
        """Load the completion."""
        self.read_until(READY)

    def read_until(self, sign: bytes) -> bytes:
        """Return what is shown, up to a sign."""
        shown, end = b"", time.monotonic() + 20
        while sign not in shown:
            assert time.monotonic() < end, shown
            if select.select([self.terminal], [], [], 0.2)[0]:
                shown += os.read(self.terminal, 65536)
        return shown

    def completed(self, typed: str) -> list[str]:
        """Type a line with TABs and return the words that a command would get."""
        target = self.folder / "done"
        target.unlink(missing_ok=True)
        # The line is completed as one of salestrack, then Ctrl-A puts a printer of words before it.
        os.write(self.terminal, typed.encode())
        os.write(self.terminal, b"\x05 > words; mv words done\x01printf '%s\\n' \n")
        shown, end = b"", time.monotonic() + 20
        while not target.exists():
            assert time.monotonic() < end, shown
            if select.select([self.terminal], [], [], 0.05)[0]:
                shown += os.read(self.terminal, 65536)
        return target.read_text().splitlines()

    def close(self) -> None:
        """Leave the shell."""
        os.write(self.terminal, b"\x15exit\n")
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


@pytest.fixture
def shell(tmp_path: Path, run) -> Iterator[Callable[..., list[str]]]:
    run("deal add 12000 'Acme Büro' 'New site' --new", ok=True)
    run("deal add 700 Northwind Banners --new", ok=True)
    run(["customer", "add", "O'Brien: Sons & Co"], ok=True)
    run(["customer", "add", 'Seven "Lucky" $tars'], ok=True)
    terminal = Terminal(tmp_path)
    terminal.start()
    yield terminal.completed
    terminal.close()


def test_tab_completes_commands_names_ids_and_quoting(shell):
    assert shell("salestrack rep\t") == ["salestrack", "report"]
    assert shell("strk log ca\tacm\t") == ["strk", "log", "call", "Acme Büro"]
    assert shell("salestrack move nor\tprop\t") == ["salestrack", "move", "Northwind", "Proposal"]
    assert shell("salestrack deal list --stage=nego\t")[-1] == "--stage=Negotiation"
    assert shell("salestrack log call o\\'\t")[-1] == "O'Brien: Sons & Co"
    assert shell("salestrack log call O\\'Brien:\t")[-1] == "O'Brien: Sons & Co"
    assert shell("salestrack log call \"O'B\t")[-1] == "O'Brien: Sons & Co"
    assert shell('salestrack log call "Seven\t')[-1] == 'Seven "Lucky" $tars'
    assert shell("salestrack log call Sev\t")[-1] == 'Seven "Lucky" $tars'
    assert shell("salestrack log call 'acme b\t")[-1] == "Acme Büro"


def test_tab_completes_files_after_o(shell, tmp_path):
    (tmp_path / "quarter one.csv").write_text("")

    assert shell("salestrack deal list -o quar\t")[-1] == "quarter one.csv"
