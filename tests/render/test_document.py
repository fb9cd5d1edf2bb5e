"""The shape that every printer reads."""

import pytest

from salestrack.render.document import Column, Document


def test_rows_may_be_sequences_or_mappings_in_any_order():
    columns = (Column(name="a", title="A"), Column(name="b", title="B"))
    document = Document(schema="salestrack/things@1", columns=columns, rows=[(1, 2), {"b": 4, "a": 3}])
    assert list(document.records()) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


@pytest.mark.parametrize("row", [(1,), (1, 2, 3), {"a": 1}])
def test_a_row_that_does_not_fit_the_columns_is_an_error(row):
    columns = (Column(name="a", title="A"), Column(name="b", title="B"))
    with pytest.raises((ValueError, KeyError)):
        list(Document(schema="salestrack/things@1", columns=columns, rows=[row]).records())


@pytest.mark.parametrize(
    ("schema", "name", "is_report"),
    [("salestrack/report.winloss@1", "report.winloss", True), ("salestrack/deals@1", "deals", False)],
)
def test_the_schema_tells_a_report_from_a_list(schema, name, is_report):
    document = Document(schema=schema)
    assert (document.name, document.is_report) == (name, is_report)


def test_numbers_go_right_unless_the_column_says_otherwise():
    assert Column(name="a", title="A", kind="money").on_the_right
    assert not Column(name="a", title="A", kind="money", align="left").on_the_right
    assert not Column(name="a", title="A").on_the_right
