"""Profiles with mistakes: told by file and key when they are kept, and no harm to files that they are not for."""

import pytest

DATA = "zid,zdate,zamount\n1,2026-01-01,5\n"
GOOD = 'kind = "sales"\nmatch = ["zid"]\nid = "zid"\n[columns]\ndate = "zdate"\namount = "zamount"\n'
OF_OTHERS = 'kind = "sales"\nfoo = 1\nmatch = ["other"]\n'


@pytest.fixture
def keep(tmp_path, run, book):
    """Put a text among the profiles of the user, unchecked."""

    def call(name: str, text: str) -> None:
        folder = tmp_path / "config" / "salestrack" / "profiles"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.toml").write_text(text)

    return call


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "sale"', "kind is one of deals, "),
        ('kind = "sales"\nonly_these = "yes"', "only_these is true or false"),
        ('kind = "sales"\nname = "other"', "name is 'other', and the profile is called x"),
        ('kind = "sales"\n[group]\nrefund_rows = 1', "group.refund_rows is true or false"),
        ('kind = "sales"\n[constants]\nid = "1"', "constants.id would give every row the same id"),
        ('kind = "sales"\n[format]\ndecimal = ";"', "format.decimal is . or , and not ';'"),
        ('kind = "sales"\n[format]\ndate = "foo"', "format.date is dmy, mdy, or a pattern"),
        ('kind = "sales"\n[format]\ncurrency = "EURO"', "format.currency is a code such as EUR"),
        ('kind = "sales"\n[format]\nencoding = "klingon"', "format.encoding is one that"),
        ('kind = "sales"\n[format]\ndelimiter = "ab"', "format.delimiter is one character"),
        ('kind = "sales"\nmatch = ["a"', "unclosed array"),
    ],
)
def test_a_mistake_is_told_with_the_file_that_was_named_and_its_key(run, tmp_path, text, said):
    (tmp_path / "my.toml").write_text(text)
    refused = run(f"profile save x {tmp_path}/my.toml")
    assert (refused.exit_code, f"my.toml: {said}" in refused.stderr) == (2, True), refused.stderr


def test_one_of_the_same_name_is_replaced_only_when_asked(run, tmp_path, book):
    (tmp_path / "my.toml").write_text(GOOD)
    run(f"profile save x {tmp_path}/my.toml", ok=True)
    refused = run(f"profile save x {tmp_path}/my.toml")
    assert (refused.exit_code, "hint: --replace takes its place" in refused.stderr) == (1, True)
    run(f"profile save x {tmp_path}/my.toml --replace", ok=True)


def test_a_broken_profile_of_other_files_is_a_remark(run, keep):
    keep("good", GOOD)
    keep("bad", OF_OTHERS)
    said = run("import -", stdin=DATA, ok=True)
    assert "read as good · 1 new" in said.stdout
    assert "note: a profile that is not for this file cannot be read: " in said.stderr
    assert "bad.toml: foo is unknown" in said.stderr
    listed = run("profile list", ok=True).stdout
    assert "hubspot-deals" in listed
    assert "bad.toml: foo is unknown" in listed


def test_the_remark_stands_once_over_several_files(run, keep, tmp_path):
    keep("bad", OF_OTHERS)
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(f"id,date,amount\n{name},2026-01-01,5\n")
    assert run(f"import {tmp_path}/a.csv {tmp_path}/b.csv --as sales", ok=True).stderr.count("cannot be read") == 1


@pytest.mark.parametrize("text", ['kind = "sales', 'kind = "sales"\nfoo = 1\nmatch = ["zid"]\n', "match = 5"])
def test_a_broken_profile_that_may_be_for_the_file_refuses_it_until_a_profile_is_named(run, keep, text):
    keep("good", GOOD)
    keep("bad", text)
    refused = run("import -", stdin=DATA)
    assert refused.exit_code == 1
    assert "a profile that may be for this file cannot be read: " in refused.stderr
    assert "--profile NAME, or --profile none" in refused.stderr
    assert "1 new" in run("import - --profile good", stdin=DATA, ok=True).stdout
    run("profile rm bad", ok=True)
    assert "1 same" in run("import -", stdin=DATA, ok=True).stdout


def test_a_shipped_profile_does_not_stand_in_for_a_broken_one_of_its_name(run, keep):
    keep("stripe-charges", OF_OTHERS)
    header = "id,Created (UTC),Amount,Amount Refunded,Currency,Captured,Fee,Status,Customer Email,Description\n"
    refused = run("import -", stdin=f"{header}ch_1,2026-01-01 10:00,5.00,0.00,usd,true,0.30,Paid,a@b.example,x\n")
    assert "stripe-charges.toml: foo is unknown" in refused.stderr


def test_two_profiles_that_fit_equally_are_both_named(run, keep):
    keep("one", GOOD)
    keep("two", GOOD)
    refused = run("import -", stdin=DATA)
    assert refused.exit_code == 2
    assert "hint: say which: --profile one or --profile two, or --profile none" in refused.stderr


def test_a_shipped_profile_stays(run, book):
    assert "is shipped with salestrack and stays" in run("profile rm hubspot-deals").stderr
    assert run("profile rm nobody").exit_code == 4
