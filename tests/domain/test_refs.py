import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.refs import KINDS, LARGEST, LAST, MOST, Ref, parse_ref, parse_refs
from salestrack.errors import ParseError

quick = settings(deadline=None, max_examples=200)


@pytest.mark.parametrize(
    ("text", "default", "ref"),
    [
        ("d12", None, "d12"),
        ("D12", None, "d12"),
        (" s40 ", "d", "s40"),
        ("12", "d", "d12"),
        ("@", None, "@"),
        ("@", "d", "@"),
        (str(LARGEST), "c", f"c{LARGEST}"),
    ],
)
def test_an_id_is_a_letter_and_a_number(text, default, ref):
    assert str(parse_ref(text, default)) == ref


@pytest.mark.parametrize(
    "text",
    ["acme", "", " ", "d", "x12", "d12a", "12a", "d 12", "d-12", "-12", "d0", "d007", "007", "0", "d1.5",
     "@2", "d²", "d١", "١٢", "dd12", "d12,13", "\0", "💥"],
)  # fmt: skip
def test_what_does_not_look_like_an_id_may_be_a_name(text):
    assert parse_ref(text, "d") is None


def test_a_bare_number_without_a_kind_is_no_id():
    assert parse_ref("12", None) is None
    assert parse_ref("5551234567890123456789", None) is None


@pytest.mark.parametrize("text", ["d9223372036854775808", "9" * 500])
def test_a_number_beyond_all_ids_is_refused(text):
    with pytest.raises(ParseError, match="there is no deal"):
        parse_ref(text, "d")


def test_a_ref_knows_its_kind():
    assert Ref("a", 7).kind == "activity"
    assert LAST.kind == "record"


@pytest.mark.parametrize(
    ("text", "default", "refs"),
    [
        ("12", "d", "d12"),
        ("12,14-16", "d", "d12 d14 d15 d16"),
        ("d12,d14-d16", None, "d12 d14 d15 d16"),
        ("d12,14-16", None, "d12 d14 d15 d16"),
        ("d14-16", None, "d14 d15 d16"),
        ("s3, a4", "d", "s3 a4"),
        ("3,1,3,1-2", "d", "d3 d1 d2"),
        ("@,12", "d", "@ d12"),
        ("5-5", "d", "d5"),
    ],
)
def test_ids_come_in_lists_and_ranges(text, default, refs):
    assert " ".join(str(ref) for ref in parse_refs(text, default)) == refs


@pytest.mark.parametrize(
    ("text", "default"),
    [("", "d"), ("12,", "d"), (",", "d"), ("16-14", "d"), ("d14-s16", None), ("12", None), ("acme", "d"),
     ("12-", "d"), ("-12", "d"), ("1-2-3", "d"), ("@-5", "d"), ("5-@", "d"), ("x1", "d"), ("1 2", "d"),
     (f"1-{MOST + 1}", "d"), ("1-999999999999999999", "d"), ("1-9999,1-9999", "d"), (f"1-{10**30}", "d"),
     ("\0", "d"), ("d1,💥", None)],
)  # fmt: skip
def test_lists_that_cannot_be_meant_are_refused(text, default):
    with pytest.raises(ParseError) as error:
        parse_refs(text, default)
    assert error.value.message.isprintable()


def test_a_list_may_hold_ten_thousand_ids():
    assert len(parse_refs(f"1-{MOST}", "d")) == MOST


def test_a_bare_number_asks_for_its_kind():
    with pytest.raises(ParseError, match="'12' does not say its kind") as error:
        parse_refs("12", None)
    assert "d12" in error.value.hint


letters = st.sampled_from(sorted(KINDS))


@quick
@given(letters, st.integers(1, LARGEST))
def test_a_written_id_reads_back(letter, number):
    assert parse_ref(str(Ref(letter, number)), None) == Ref(letter, number)


@quick
@given(st.lists(st.builds(Ref, letters, st.integers(1, 50)), min_size=1, unique=True))
def test_a_written_list_reads_back(refs):
    assert parse_refs(",".join(map(str, refs)), None) == refs


@quick
@given(st.one_of(st.text(), st.text(st.sampled_from("0123456789,-@dsx "))), st.one_of(st.none(), letters))
def test_any_text_is_a_list_of_ids_or_a_parse_error(text, default):
    try:
        refs = parse_refs(text, default)
    except ParseError:
        return
    assert 1 <= len(refs) <= MOST
