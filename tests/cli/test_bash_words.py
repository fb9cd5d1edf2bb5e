"""Words put into a line of bash are read by it as they were meant, wherever the cursor stood."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.cli.bash_words import Line

needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
BREAKS = " \t\n\"'@><=;|&(:"
names = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], include_characters=" "), min_size=1
).filter(lambda name: " ".join(name.split()) == name)


def put(line: str, word: str) -> str:
    """Return the line as readline leaves it: what stands after the last break, or the open quote, is replaced."""
    read = Line.parse(line, BREAKS, "9")
    how, inserted, _ = read.answer(False, [(word, "")]).split("\n")
    assert how in {"words", "nospace"}
    start = line.rindex(read.quote) + 1 if read.quote else _last_break(line)
    return line[:start] + inserted + read.quote


def read(line: str) -> str:
    """Return the last word of a line as bash reads it."""
    words = line.removeprefix("salestrack log call ")
    done = subprocess.run(
        ["bash", "-c", f"printf %s {words}"], check=True, capture_output=True, env={"LC_ALL": "C.UTF-8"}, timeout=60
    )
    return done.stdout.decode()


def _last_break(line: str) -> int:
    place = len(line)
    while place and (line[place - 1] not in BREAKS or (place > 1 and line[place - 2] == "\\")):
        place -= 1
    return place


@needs_bash
@settings(max_examples=60, deadline=None)
@given(names, st.data())
def test_a_word_begun_without_quotes_is_finished_as_it_was_meant(name, data):
    typed = name[: data.draw(st.integers(0, len(name)))]
    begun = Line.parse("x ", BREAKS).answer(False, [(typed, "")]).split("\n")[1]

    assert read(put(f"salestrack log call {begun}", name)) == name


@needs_bash
@settings(max_examples=60, deadline=None)
@given(names, st.sampled_from("\"'"), st.data())
def test_a_word_begun_in_quotes_is_finished_as_it_was_meant(name, quote, data):
    typed = name[: data.draw(st.integers(0, len(name)))]
    if quote in typed or "\\" in typed:
        return
    done = put(f"salestrack log call {quote}{typed}", name)

    assert read(done) == name


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("strk log call ", ("strk", "log", "call", "")),
        ("strk log call ac", ("strk", "log", "call", "ac")),
        ("strk  log\tcall a\\ b", ("strk", "log", "call", "a b")),
        ("strk log 'a b' \"c d", ("strk", "log", "a b", "c d")),
        ('strk x "a\\"b\\c', ("strk", "x", 'a"b\\c')),
        ("strk x ''", ("strk", "x", "")),
        ("strk --a=b c", ("strk", "--a=b", "c")),
        ("", ("",)),
    ],
)
def test_a_line_is_split_as_bash_splits_it(line, words):
    assert Line.parse(line, BREAKS).words == words


def test_what_words_have_in_common_never_takes_away_what_was_typed():
    line = Line.parse("strk log call ac", BREAKS, "9")

    assert line.answer(False, [("Acme", ""), ("acid", "")]) == "words\nacme\nacid\n"
    assert line.answer(False, [("Old Acme", ""), ("Our Acme", "")]) == "words\n"
    assert line.answer(False, [("Old Acme", "")]) == "words\nOld\\ Acme\n"


def test_descriptions_are_shown_only_where_words_are_listed():
    pairs = [("d1", "Site"), ("d12", "Shop")]

    assert Line.parse("strk won d", BREAKS, "9").answer(False, pairs) == "words\nd1\nd12\n"
    assert Line.parse("strk won d", BREAKS, "63").answer(False, pairs) == "words\nd1  (Site)\nd12  (Shop)\n"
