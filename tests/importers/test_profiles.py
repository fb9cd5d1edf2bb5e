"""Profiles: TOML that says what a vendor's file means, checked, recognised from headers, kept on a shelf."""

import pytest

from salestrack.errors import NotFoundError, RuleError, UsageError
from salestrack.importers.kinds import KINDS
from salestrack.importers.profiles import Shelf, check_name, parse_profile, recognised
from salestrack.importers.profiles.recognising import stage_columns

WHOLE = """
name = "acme"
about = "Acme till"
source = "acme-till"
kind = "sales"
match = ["Receipt", ["Paid", "Bezahlt"]]
id = "Receipt"
only_these = true

[columns]
date = ["Paid", "Bezahlt"]
amount = "Net"
customer = ["First + Last", "Company"]
owner = []

[values.channel]
web = "shop"

[constants]
channel = "till"

[cells]
note = "html"

[blank]
"*" = ["n/a"]

[format]
date = "dmy"
decimal = ","
cents = true

[[leave_out]]
column = "State"
is = ["Draft", "Void"]
why = "a draft"

[[leave_out]]
footer = true
why = "a footer line"

[money]
net = "Net is without tax"
"""


def parsed(text: str, name: str = "acme"):
    return parse_profile(text, name, f"{name}.toml")


def test_everything_a_profile_says_is_read():
    profile = parsed(WHOLE)

    assert (profile.kind, profile.source, profile.match) == ("sales", "acme-till", (("Receipt",), ("Paid", "Bezahlt")))
    assert profile.columns == {
        "id": ("Receipt",), "date": ("Paid", "Bezahlt"), "amount": ("Net",), "customer": ("First + Last", "Company"),
        "owner": (),
    }  # fmt: skip
    assert (profile.date, profile.decimal, profile.cents) == ("dmy", ",", True)
    assert [(rule.how, rule.texts, rule.why) for rule in profile.leave_out] == [
        ("is", ("Draft", "Void"), "a draft"), ("footer", (), "a footer line"),
    ]  # fmt: skip


def test_the_source_is_the_name_where_the_profile_names_none():
    assert parsed('kind = "deals"').source == "acme"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind = ", "acme.toml: invalid value"),
        ("", "acme.toml: kind is missing"),
        ('kind = "orders"', "acme.toml: kind is one of deals, history, sales"),
        ('kind = "sales"\nname = "other"', "acme.toml: name is 'other'"),
        ('kind = "sales"\ncolums = 1', "acme.toml: colums is unknown"),
        ('kind = "sales"\n[columns]\nfoo = "X"', "acme.toml: columns.foo names no field"),
        ('kind = "sales"\n[columns]\namount = 3', "acme.toml: columns.amount is a text or a list of texts"),
        ('kind = "sales"\n[columns]\namount = " "', "acme.toml: columns.amount is blank"),
        ('kind = "sales"\n[values]\nchannel = "x"', "acme.toml: values.channel is a table"),
        ('kind = "sales"\n[values.channel]\nweb = 1', "acme.toml: values.channel.web is a text"),
        ('kind = "sales"\n[cells]\nnote = "markdown"', "acme.toml: cells.note is one of html"),
        ('kind = "sales"\n[format]\ncents = "yes"', "acme.toml: format.cents is true or false"),
        ('kind = "sales"\n[format]\ndates = "dmy"', "acme.toml: format.dates is unknown"),
        ('kind = "sales"\nleave_out = "x"', "acme.toml: leave_out is a list"),
        ('kind = "sales"\n[[leave_out]]\ncolumn = "A"\nwhy = "b"', "acme.toml: leave_out[1] needs one of is, not"),
        ('kind = "sales"\n[[leave_out]]\ncolumn = "A"\nis = "b"', "acme.toml: leave_out[1].why is missing"),
        ('kind = "sales"\n[[leave_out]]\nis = "b"\nwhy = "c"', "acme.toml: leave_out[1].column is missing"),
        (
            'kind = "sales"\n[[leave_out]]\ncolumn = "A"\nmatches = "("\nwhy = "c"',
            "acme.toml: leave_out[1].matches is no",
        ),
        (
            'kind = "sales"\n[[leave_out]]\ncolumn = "A"\nblank = false\nwhy = "c"',
            "acme.toml: leave_out[1].blank is true",
        ),
        ('kind = "sales"\n[stage_dates]\npattern = "{stage}"', "acme.toml: stage_dates are for deals"),
        ('kind = "deals"\n[stage_dates]\npattern = "Date entered"', "acme.toml: stage_dates.pattern needs {stage}"),
        ('kind = "sales"\n[money]\nprofit = "x"', "acme.toml: money.profit is unknown"),
        ('kind = "sales"\nmatch = "A"', "acme.toml: match is a list of headers"),
    ],
)
def test_what_is_wrong_is_told_with_the_file_and_the_key(text, said):
    with pytest.raises(UsageError) as error:
        parsed(text)

    assert error.value.message.startswith(said)


def test_every_shipped_profile_can_be_read_and_is_recognised_by_its_own_headers():
    shelf = Shelf()

    assert len(shelf.shipped) >= 14
    for profile in shelf.all():
        assert profile.kind in KINDS
        assert profile.about
        assert recognised(shelf.all(), [names[0] for names in profile.match]) == profile


def profile_of(name: str, *match: str, kind: str = "deals", origin: str = "shipped"):
    names = ", ".join(f'"{each}"' for each in match)
    return parse_profile(f'kind = "{kind}"\nmatch = [{names}]', name, origin)


def test_the_most_specific_profile_wins_and_headers_are_compared_without_case_and_order():
    both = [profile_of("wide", "Id", "Name"), profile_of("narrow", "Id", "Name", "Stage")]

    assert recognised(both, ["STAGE", " name ", "id", "More"]).name == "narrow"
    assert recognised(both, ["Name", "Id"]).name == "wide"
    assert recognised(both, ["Name"]) is None


def test_a_profile_without_headers_is_never_recognised_by_itself():
    assert recognised([profile_of("any")], ["Id"]) is None


def test_two_equally_specific_profiles_are_named():
    with pytest.raises(UsageError, match="the headers fit the profiles one and two equally well") as error:
        recognised([profile_of("one", "Id"), profile_of("two", "Name")], ["Id", "Name"])

    assert "--profile one" in error.value.hint


def test_of_two_equally_specific_profiles_the_users_own_wins():
    both = [profile_of("one", "Id"), profile_of("two", "Name", origin="/home/sam/two.toml")]

    assert recognised(both, ["Id", "Name"]).name == "two"


def test_only_profiles_of_the_kind_that_the_user_names_count():
    both = [profile_of("deals", "Id", "Name"), profile_of("people", "Id", kind="contacts")]

    assert recognised(both, ["Id", "Name"], "contacts").name == "people"
    assert recognised(both, ["Id", "Name"], "sales") is None


def test_columns_of_stage_dates_are_found_with_and_without_their_pipeline():
    profile = parsed(
        'kind = "deals"\n[stage_dates]\npattern = [\'Date entered "{stage} ({pipeline})"\', "Seit {stage}"]'
    )
    won, again = 'Date entered "Closed Won (Sales Pipeline)"', 'Date entered "Closed Won (Renewals)"'
    header = ["Name", won, 'Date entered "In (b) (P)"', "Seit Angebot", again]

    assert stage_columns(profile, header) == {
        "entered:Closed Won": [won, again], "entered:In (b)": [header[2]], "entered:Angebot": [header[3]],
    }  # fmt: skip


def test_a_profile_of_the_user_takes_the_place_of_a_shipped_one_and_goes_again(tmp_path):
    shelf = Shelf(tmp_path / "profiles")
    path = shelf.save("Pipedrive-Deals", 'kind = "sales"')

    assert path == tmp_path / "profiles" / "pipedrive-deals.toml"
    assert shelf.get("pipedrive-deals").kind == "sales"
    assert [p.kind for p in shelf.all() if p.name == "pipedrive-deals"] == ["sales"]
    assert shelf.text(shelf.get("pipedrive-deals")) == 'kind = "sales"'
    shelf.remove("pipedrive-deals")
    assert shelf.get("pipedrive-deals").kind == "deals"
    with pytest.raises(RuleError, match="is shipped with salestrack and stays"):
        shelf.remove("pipedrive-deals")


def test_a_profile_is_not_replaced_unasked_and_a_wrong_one_is_never_kept(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.save("mine", 'kind = "sales"')

    with pytest.raises(RuleError, match="there is a profile mine already"):
        shelf.save("mine", 'kind = "deals"')
    shelf.save("mine", 'kind = "deals"', replace=True)
    assert shelf.get("mine").kind == "deals"
    with pytest.raises(UsageError, match="kind is one of"):
        shelf.save("wrong", 'kind = "x"')
    assert not (tmp_path / "wrong.toml").exists()


def test_an_unknown_profile_gets_a_suggestion():
    with pytest.raises(NotFoundError) as error:
        Shelf().get("pipedrive-deal")

    assert error.value.hint.startswith("did you mean pipedrive-deals?")


@pytest.mark.parametrize("name", ["", "none", "None", "../x", "a b", "ü"])
def test_names_that_are_none_are_refused(name):
    with pytest.raises(UsageError, match="a profile cannot be called"):
        check_name(name)


@pytest.mark.parametrize(
    ("test", "out", "stays"),
    [
        ('is = ["Draft", "void"]', ["draft", " VOID "], ["", "Drafts"]),
        ('not = "paid"', ["", "open"], ["Paid"]),
        ('matches = "fail.*"', ["Failed", "FAILURE"], ["was failed", ""]),
        ("blank = true", ["", "  "], ["x"]),
        ("filled = true", ["x"], ["", " "]),
    ],
)
def test_a_rule_holds_for_just_these_cells(test, out, stays):
    (rule,) = parsed(f'kind = "sales"\n[[leave_out]]\ncolumn = "A"\nwhy = "b"\n{test}').leave_out

    assert [rule.holds(cell) for cell in out] == [True] * len(out)
    assert [rule.holds(cell) for cell in stays] == [False] * len(stays)
