"""New names that nearly are others are told, never merged; and so is what nobody owns."""

import pytest


@pytest.fixture
def deals(run):
    """Return a call that imports deals from standard input."""
    return lambda text, more="": run(f"import - --as deals --new customers,products {more}", stdin=text, ok=True)


def test_near_twins_of_customers_are_told_with_the_way_to_merge_them(run, deals):
    for name in ("Acme", "'Müller GmbH'", "'The Blue Door'", "Zed"):
        run(f"customer add {name}", ok=True)
    text = "id,title,stage,customer\n1,a,Lead,ACME Inc.\n2,b,Lead,Mueller\n3,c,Lead,Blue Door Ltd\n4,d,Lead,Acmeo\n5,e,Lead,Muller KG\n"
    said = deals(text).stderr

    assert (
        "4 new customers look like another one: ACME Inc. (c5) and Acme (c1), Mueller (c6) and Müller GmbH (c2)" in said
    )
    assert "Blue Door Ltd (c7) and The Blue Door (c3), Muller KG (c9) and Müller GmbH (c2)" in said
    assert "if they are one: salestrack customer merge c1 c5" in said
    assert "look like" not in deals(text).stderr


def test_twins_within_one_file_are_told_and_five_at_most(deals):
    text = "id,title,stage,customer\n" + "".join(f"{n},t,Lead,Firm{n // 2}{' Ltd' * (n % 2)}\n" for n in range(20))
    said = deals(text).stderr

    assert "10 new customers look like another one: Firm0 Ltd (c2) and Firm0 (c1)" in said
    assert "Firm4 Ltd (c10) and Firm4 (c9) and 5 more; if they are one" in said


def test_a_rehearsal_names_twins_without_a_command_that_would_not_work_yet(run, deals):
    run("customer add Acme", ok=True)
    said = deals("id,title,stage,customer\n1,a,Lead,Acme AG\n", "-n").stdout

    assert "1 new customer looks like another one: Acme AG (c2) and Acme (c1)\n" in said


def test_owners_and_products_are_folded_and_what_nearly_is_another_is_told(run, deals, rows):
    run("owner add 'Mia Berg'", ok=True)
    run("product add 'GTX Pro' 10", ok=True)
    said = deals("id,title,stage,owner,product\n1,a,Lead,MIA BERG,gtx  pro\n2,b,Lead,Mia,GTXPro\n").stderr

    assert rows("SELECT name FROM owners ORDER BY id") == [["Mia Berg"], ["Mia"]]
    assert rows("SELECT name FROM products ORDER BY id") == [["GTX Pro"], ["GTXPro"]]
    assert "1 new owner looks like another one: Mia and Mia Berg; if they are one: undo this" in said
    assert "import with --value 'owner:Mia=Mia Berg'" in said
    assert "1 new product looks like another one: GTXPro and GTX Pro" in said


def test_records_without_an_owner_stay_so_and_the_first_import_says_how_to_name_one(run, deals, rows):
    run("owner add 'Mia Berg'", ok=True)
    run("owner edit 'Mia Berg' --default", ok=True)
    said = deals("id,title,stage\n1,a,Lead\n").stderr

    assert rows("SELECT owner_id FROM deals") == [[""]]
    assert "no row names an owner, and none is assumed; the book's default: --set 'owner=Mia Berg'" in said
    assert "no row names an owner" not in deals("id,title,stage\n1,a,Lead\n2,b,Lead\n").stderr
    assert (
        "no row names an owner" not in deals("id,title,stage\n7,a,Lead\n", "--source k --set 'owner=Mia Berg'").stderr
    )


def test_what_decides_what_is_left_out_is_read(run):
    text = (
        "Name,Financial Status,Paid at,Taxes,Total,Lineitem quantity,Lineitem name,Lineitem price,Subtotal\n"
        "#1,paid,2026-03-01,0,5,1,Mug,5,5\n"
    )
    rehearsed = run("import - -n", stdin=text, ok=True).stdout
    assert "columns that are not read: Subtotal\n" in rehearsed
    assert "decides what is left out: Financial Status\n" in rehearsed
    assert "columns that are not read: Subtotal\n" in run("import -", stdin=text, ok=True).stderr


@pytest.mark.parametrize(
    ("kind", "header", "hint"),
    [
        (
            "deals",
            "title,customer",
            "--map stage=COLUMN, or of all rows: --set stage=Lead; the file has: title, customer",
        ),
        ("sales", "amount,customer", "(--map date= if there is none), or of all rows: --set date=2026-03-18; it has"),
        ("activities", "date,customer", "--map kind=COLUMN, or of all rows: --set kind=call; the file has"),
        ("deals", "title,won date,Result", "(deals with a day in won date: in a file of their own, --set stage=Won"),
    ],
)
def test_a_file_that_lacks_a_column_is_told_what_to_set(run, kind, header, hint):
    refused = run(f"import - --as {kind}", stdin=f"{header}\nx,y,z\n")

    assert refused.exit_code == 2
    assert hint in refused.stderr


def test_headers_that_sound_like_what_is_missing_come_first(run):
    refused = run("import - --as deals", stdin="title,customer,Deal result\nx,y,z\n")

    assert "the file has: Deal result, title, customer" in refused.stderr


def test_the_stage_that_is_proposed_is_the_books_own(run):
    run("stage edit Lead --name Anfrage", ok=True)

    assert "--set stage=Anfrage" in run("import - --as deals", stdin="title\nx\n").stderr
