"""Buyers of one name: apart where their addresses differ, one where a company, an alias or no address says so."""

import pytest

SHOP = "Name,Email,Financial Status,Paid at,Currency,Taxes,Total,Lineitem quantity,Lineitem name,Lineitem price,Billing Name"


def orders(*rows: tuple[str, str, str], first: int = 1) -> str:
    """Return a shop's export: (address, name, total) of orders."""
    lines = [
        f"#{number},{email},paid,2026-03-01 10:00:00 +0100,USD,0,{total},1,Mug,{total},{name}"
        for number, (email, name, total) in enumerate(rows, first)
    ]
    return "\n".join([SHOP, *lines]) + "\n"


ANNAS = orders(
    ("anna1@gmail.com", "Anna Schmidt", "10"),
    ("anna2@gmail.com", "Anna Schmidt", "20"),
    ("ANNA1@gmail.com", "Anna Schmidt", "40"),
)
SUMS = "SELECT c.name, c.email, sum(s.amount) FROM sales s JOIN customers c ON c.id = s.customer_id GROUP BY c.id ORDER BY c.id"
TWO = [["Anna Schmidt", "anna1@gmail.com", "5000"], ["Anna Schmidt", "anna2@gmail.com", "2000"]]


@pytest.fixture
def shop(run):
    """Return a call that imports a shop's orders from standard input."""
    return lambda text, more="", ok=True: run(f"import - --profile shopify-orders {more}", stdin=text, ok=ok)


def test_two_buyers_of_one_name_stay_apart_and_are_named_with_the_way_to_merge_them(shop, rows):
    said = shop(ANNAS)

    assert rows(SUMS) == TWO
    assert "1 new customer has the name of another one: Anna Schmidt (c1 and c2)" in said.stderr
    assert "salestrack customer merge c1 c2" in said.stderr
    assert "0 new, 0 changed, 3 same" in shop(ANNAS).stdout


def test_later_orders_find_the_right_one_by_the_address(shop, rows):
    shop(ANNAS)
    shop(orders(("anna2@gmail.com", "Anna Schmidt", "100"), first=7))

    assert rows(SUMS) == [TWO[0], ["Anna Schmidt", "anna2@gmail.com", "12000"]]


def test_a_name_alone_that_two_have_is_refused_with_what_to_type(shop, rows):
    shop(ANNAS)
    nameless = orders(("", "Anna Schmidt", "1"), first=7)
    refused = shop(nameless, ok=False)

    assert refused.exit_code == 1
    assert (
        "could be Anna Schmidt (c1), Anna Schmidt (c2); write the id, or --value 'customer:Anna Schmidt=c1'"
        in refused.stderr
    )
    shop(nameless, "--value 'customer:Anna Schmidt=c2'")
    assert rows("SELECT customer_id FROM sales WHERE amount = 100") == [["2"]]


def test_a_merge_by_hand_is_remembered(shop, run, rows):
    shop(ANNAS)
    run("customer merge c1 c2 -y", ok=True)
    shop(ANNAS)
    shop(orders(("anna2@gmail.com", "Anna Schmidt", "100"), ("", "Anna Schmidt", "200"), first=7))

    assert rows(SUMS) == [["Anna Schmidt", "anna1@gmail.com", "37000"]]


def test_buyers_of_one_company_are_one_customer_and_strangers_at_free_mail_are_not(shop, rows):
    shop(
        orders(
            ("buyer1@acme.de", "Acme GmbH", "1"), ("buyer2@acme.de", "Acme GmbH", "2"),
            ("x@eu.acme.de", "Acme GmbH", "4"), ("acme@web.de", "Acme GmbH", "8"),
            ("a@marketplace.amazon.de", "Jo Fox", "16"), ("b@marketplace.amazon.de", "Jo Fox", "32"),
        )
    )  # fmt: skip
    assert [row[1:] for row in rows(SUMS)] == [
        ["buyer1@acme.de", "700"], ["acme@web.de", "800"],
        ["a@marketplace.amazon.de", "1600"], ["b@marketplace.amazon.de", "3200"],
    ]  # fmt: skip


def test_the_third_of_a_name_goes_to_the_second_where_they_share_a_company(shop, rows):
    shop(orders(("a@web.de", "Acme", "1"), ("b1@acme.com", "Acme", "2"), ("b2@acme.com", "Acme", "4")))

    assert [row[1:] for row in rows(SUMS)] == [["a@web.de", "100"], ["b1@acme.com", "600"]]


def test_a_known_customer_is_met_by_name_where_no_address_says_otherwise(shop, run, rows):
    run("customer add 'Anna Schmidt'", ok=True)
    run("customer add 'Bo Lund' --email bo@web.de --alias 'B. Lund'", ok=True)
    run("contact add 'Cy Ott' 'Bo Lund' --email cy@web.de", ok=True)
    shop(
        orders(
            ("", "Bo Lund", "1"), ("new@gmail.com", "B. Lund", "2"), ("cy@web.de", "Bo Lund", "4"),
            ("anna1@gmail.com", "Anna Schmidt", "8"), ("anna2@gmail.com", "Anna Schmidt", "16"),
        )
    )  # fmt: skip
    assert rows(SUMS) == [
        ["Anna Schmidt", "", "800"], ["Bo Lund", "bo@web.de", "700"], ["Anna Schmidt", "anna2@gmail.com", "1600"],
    ]  # fmt: skip


def test_who_first_came_without_an_address_gets_it_from_the_next_row(shop, rows):
    shop(
        orders(
            ("", "Anna Schmidt", "1"),
            ("anna1@gmail.com", "Anna Schmidt", "2"),
            ("anna2@gmail.com", "Anna Schmidt", "4"),
        )
    )

    assert [row[1:] for row in rows(SUMS)] == [["anna1@gmail.com", "300"], ["anna2@gmail.com", "400"]]


def test_a_row_without_an_address_between_two_new_ones_of_its_name_is_refused(shop):
    refused = shop(orders(("a@gmail.com", "Anna", "1"), ("b@gmail.com", "Anna", "2"), ("", "Anna", "4")), ok=False)
    assert refused.exit_code == 1
    assert "line 4, Billing Name 'Anna': several new customers of the file go by that name" in refused.stderr
    assert "--rejects FILE sets it aside" in refused.stderr


def test_a_plain_file_of_sales_keeps_them_apart_too_and_says_so_where_nobody_may_be_added(run, rows):
    run("customer add 'Anna Schmidt' --email anna1@gmail.com", ok=True)
    text = "date,customer,email,amount\n2026-03-01,Anna Schmidt,anna2@gmail.com,5\n2026-03-02,Anna Schmidt,,7\n"
    refused = run("import - --as sales", stdin=text)

    assert "has another address than Anna Schmidt (c1); if it is the same one: " in refused.stderr
    assert "--value 'customer:Anna Schmidt=c1'; else --new customers" in refused.stderr
    run("import - --as sales --value 'customer:Anna Schmidt=c1'", stdin=text, ok=True)
    assert rows("SELECT DISTINCT customer_id FROM sales") == [["1"]]


def test_a_list_of_customers_takes_over_only_who_may_have_the_address(run, rows):
    run("customer add 'Anna Schmidt' --email anna1@gmail.com", ok=True)
    run("customer add 'Acme GmbH' --email info@acme.de", ok=True)
    text = "id,name,email\n1,Anna Schmidt,anna2@gmail.com\n2,Acme GmbH,sales@acme.de\n3,Anna Schmidt,anna1@gmail.com\n"
    said = run("import - --as customers", stdin=text, ok=True)

    assert rows("SELECT key, record_id FROM import_keys ORDER BY key") == [["1", "3"], ["2", "2"], ["3", "1"]]
    assert "Anna Schmidt (c1 and c3)" in said.stderr
    assert "0 new, 0 changed, 3 same" in run("import - --as customers", stdin=text, ok=True).stdout


def test_a_list_of_people_takes_over_nobody_of_another_address_for_the_name_alone(run, rows):
    run("customer add Acme", ok=True)
    run("contact add 'Jo Fox' Acme --email jo@web.de", ok=True)
    text = "id,name,email,customer\n1,Jo Fox,fox@gmail.com,\n2,Jo Fox,jo.fox@acme.de,Acme\n"
    run("import - --as contacts", stdin=text, ok=True)

    assert rows("SELECT key, record_id FROM import_keys ORDER BY key") == [["1", "2"], ["2", "1"]]


BUYER = "id,date,customer,email,amount,note\nP1,2026-03-05,Ben,ben@c.com,20,{note}\nP2,2026-03-01,Anna,anna@a.de,20,\n"


def test_a_sale_stays_with_its_buyer_whose_address_was_edited_by_hand(run, rows):
    run("import - --as sales --new customers", stdin=BUYER.format(note=""), ok=True)
    run("edit c1 --email ben@new.com -y", ok=True)
    said = run("import - --as sales --new customers", stdin=BUYER.format(note="paid"), ok=True)

    assert "0 new, 1 changed, 1 same" in said.stdout
    assert "changed: s1 note" in said.stdout
    assert rows("SELECT id, customer_id, note FROM sales ORDER BY id") == [["1", "1", "paid"], ["2", "2", ""]]
    run("edit c1 --name Benno -y", ok=True)
    run("customer add Ben --email ben@c.com", ok=True)
    run("import - --as sales --new customers", stdin=BUYER.format(note="sent"), ok=True)
    assert rows("SELECT customer_id, note FROM sales WHERE id = 1") == [["1", "sent"]]


def test_a_file_without_ids_saved_anew_finds_the_buyer_by_the_address_before_the_edit(run, rows):
    run(
        "import - --as sales --new customers",
        stdin="date,customer,email,amount\n2026-03-05,Ben,ben@c.com,20\n",
        ok=True,
    )
    run("edit c1 --email ben@new.com -y", ok=True)
    anew = "date;customer;email;amount\n05.03.2026;Ben;ben@c.com;20.00\n"

    assert "0 new, 0 changed, 1 same" in run("import - --as sales --new customers", stdin=anew, ok=True).stdout
    assert rows("SELECT name, email FROM customers") == [["Ben", "ben@new.com"]]


def test_a_known_sale_does_not_move_to_a_namesake_for_the_spelling_of_the_name(run, rows):
    head = "id,date,customer,email,amount,note\n"
    more = "P2,2026-03-06,BEN,ben@c.com,10,\nP3,2026-03-07,Ben,ben@z.org,10,\n"
    for text in ("P1,2026-03-03,BEN,,20,\n", f"P1,2026-03-03,Ben,,20,\n{more}", f"P1,2026-03-03,Ben,,20,paid\n{more}"):
        run("import - --as sales --new customers", stdin=head + text, ok=True)

    assert rows("SELECT id, customer_id, note FROM sales ORDER BY id") == [
        ["1", "1", "paid"],
        ["2", "1", ""],
        ["3", "2", ""],
    ]
    run("import - --as sales --new customers", stdin=f"{head}P1,2026-03-03,Anna,,20,paid\n{more}", ok=True)
    assert rows("SELECT customer_id FROM sales WHERE id = 1") == [["3"]]


@pytest.mark.parametrize(
    ("kind", "line"),
    [("deals", "D1,Roof,Ben,2026-03-01,Lead,{n}"), ("activities", "D1,call,Ben,2026-03-01,{n}")],
)
def test_a_known_deal_or_call_stays_with_its_customer_when_another_gets_the_name(kind, line, run, rows):
    head = "id,title,customer,created,stage,note\n" if kind == "deals" else "id,kind,customer,date,note\n"
    run(f"import - --as {kind} --new customers", stdin=head + line.format(n="a"), ok=True)
    run("edit c1 --name Benno -y", ok=True)
    run("customer add Ben", ok=True)
    run(f"import - --as {kind}", stdin=head + line.format(n="b"), ok=True)

    assert rows(f"SELECT customer_id, note FROM {kind}") == [["1", "b"]]
