"""Headers and --map decide which column feeds which field."""

import re

import pytest

from salestrack.domain.names import fold
from salestrack.errors import UsageError
from salestrack.importers.kinds import KINDS, kind_of
from salestrack.importers.mapping import map_columns, read_values
from salestrack.importers.synonyms import synonyms


def fed(kind: str, header: list[str], *maps: str) -> dict[str, int]:
    return {mapped.field.name: mapped.place for mapped in map_columns(KINDS[kind], header, maps).fields}


def test_headers_are_understood_by_their_words_in_several_languages():
    assert fed("sales", ["Rechnungsnummer", "Datum", "Kunde", "Netto", "MwSt", "Währung"]) == {
        "id": 0, "date": 1, "customer": 2, "amount": 3, "tax": 4, "currency": 5,
    }  # fmt: skip
    assert fed("deals", ["Client", "Étape", "Montant"]) == {"customer": 0, "stage": 1, "amount": 2}


def test_case_punctuation_and_spacing_do_not_matter():
    assert fed("deals", ["DEAL_STAGE", " Close-Value ", "sales  agent"]) == {"stage": 0, "amount": 1, "owner": 2}


def test_a_fields_own_name_goes_before_its_synonyms():
    assert fed("deals", ["value", "amount", "stage"]) == {"amount": 1, "stage": 2}


def test_map_names_a_column_by_its_header_or_place():
    header = ["stage", "Total", "Total", ""]
    assert fed("deals", ["stage", "Total"], "amount=total")["amount"] == 1
    assert fed("deals", header, "amount=#3", "note=#4") == {"stage": 0, "amount": 2, "note": 3}
    with pytest.raises(UsageError, match="has 2 columns") as caught:
        fed("deals", header, "amount=Total")
    assert "#2 or #3" in str(caught.value.hint)


def test_map_wins_over_headers_and_can_leave_a_column_out():
    assert fed("deals", ["stage", "amount", "worth"], "amount=worth") == {"stage": 0, "amount": 2}
    assert fed("deals", ["stage", "amount"], "amount=") == {"stage": 0}


def test_one_column_may_feed_two_fields():
    assert fed("deals", ["stage", "day"], "created=day", "entered:Lead=day") == {
        "stage": 0, "created": 1, "entered:Lead": 1,
    }  # fmt: skip


def test_names_with_spaces_equals_signs_and_other_scripts_work():
    header = ["stage", "a=b", "Übergeben an Zoë"]
    assert fed("deals", header, "entered:In to x=a=b")["entered:In to x"] == 1
    assert fed("deals", header, "field:Was=b=Übergeben an Zoë")["field:Was=b"] == 2


def test_a_header_that_comes_twice_must_be_told_apart_only_where_it_is_read():
    assert fed("deals", ["stage", "x", "x"]) == {"stage": 0}
    with pytest.raises(UsageError, match="#2 and #3 are both called 'amount'"):
        fed("deals", ["stage", "amount", "amount"])


def test_columns_of_a_reject_file_are_ignored():
    mapping = map_columns(KINDS["deals"], ["_line", "_error", "stage"], ())
    assert ([mapped.field.name for mapped in mapping.fields], mapping.unused) == (["stage"], ())


@pytest.mark.parametrize(
    ("maps", "sentence"),
    [
        (["amout=Total"], "no field 'amout'"),
        (["amount=Totl"], "no column 'Totl'"),
        (["amount"], "cannot be read"),
        (["=Total"], "cannot be read"),
        (["amount=Total", "amount=stage"], "names amount twice"),
        (["entered:=Total"], "no field"),
    ],
)
def test_what_map_gets_wrong_is_named(maps, sentence):
    with pytest.raises(UsageError, match=sentence):
        fed("deals", ["stage", "Total"], *maps)


def test_a_missing_column_is_named_with_those_there_are():
    with pytest.raises(UsageError, match="need a column for stage") as caught:
        fed("deals", ["Name", "Worth"])
    assert "Name, Worth" in str(caught.value.hint)


def test_custom_fields_are_mapped_by_their_header_too():
    assert fed("deals", ["stage", "field:region", "entered:Lead"]) == {"stage": 0, "field:region": 1, "entered:Lead": 2}


def test_values_are_read_field_by_field():
    values = read_values(
        KINDS["deals"], ["product:GTXPro=GTX Pro", "stage:Closed: won=Won", "field:x:y=a=b", "amount:-="]
    )
    assert values == {
        "product": {"GTXPro": "GTX Pro"}, "stage": {"Closed: won": "Won"}, "field:x": {"y": "a=b"}, "amount": {"-": ""},
    }  # fmt: skip
    for wrong in ("product", "product:x", "product:=x", "nothing:a=b"):
        with pytest.raises(UsageError):
            read_values(KINDS["deals"], [wrong])
    with pytest.raises(UsageError, match="two meanings"):
        read_values(KINDS["deals"], ["stage:a=b", "stage:a=c"])


def test_an_unknown_kind_names_the_known_ones():
    with pytest.raises(UsageError, match="invoices"):
        kind_of("invoices")
    with pytest.raises(UsageError) as caught:
        kind_of(None)
    assert "deals|history|sales" in str(caught.value.hint)


def test_no_header_means_two_fields_of_a_kind_at_the_same_rank():
    for kind in KINDS:
        ranks: dict[tuple[int, str], str] = {}
        for field, words in synonyms(kind).items():
            for rank, word in enumerate(words):
                assert ranks.setdefault((rank, word), field) == field, (kind, word)


def test_synonyms_are_of_known_fields_and_folded():
    for kind, entry in KINDS.items():
        known = {field.name for field in entry.fields}
        for field, words in synonyms(kind).items():
            assert field in known
            assert all(word == fold(word) and not re.search(r"[^\w ]", word) for word in words)


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [
        ("sales", "Created date (UTC)", "date"),
        ("sales", "Created (UTC)", "date"),
        ("sales", "Paid at", "date"),
        ("sales", "Order Date", "date"),
        ("sales", "Transaction Date", "date"),
        ("sales", "Date created", "date"),
        ("activities", "Due date", "due"),
        ("activities", "Completed at", "date"),
        ("activities", "Marked as done time", "date"),
    ],
)
def test_the_names_that_exports_give_to_days_are_known(kind, header, field):
    need = {"sales": "Amount", "activities": "Kind"}[kind]
    mapping = map_columns(KINDS[kind], [header, need], [])
    assert (mapping.title(field), mapping.unused) == (header, ())


def test_done_is_whether_it_is_done():
    assert map_columns(KINDS["activities"], ["Done", "Due date", "Type"], []).title("done") == "Done"
