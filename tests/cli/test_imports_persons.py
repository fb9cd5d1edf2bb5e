"""Deals and activities of persons without a company: the person is the customer, one whatever the order of the files."""

import pytest

DEALS = "Deal - ID,Deal - Title,Deal - Organization,Deal - Contact person,Deal - Stage,Deal - Status,Deal - Value,Deal - Deal created"
PERSONS = "Person - ID,Person - Name,Person - Organization,Person - Email"
ACTIVITIES = "Activity - ID,Activity - Subject,Activity - Type,Activity - Done,Activity - Due date,Organization - Name,Person - Name,Person - Email"
HUBSPOT = '"Record ID","Deal Name","Deal Stage","Pipeline","Amount","Close Date","Create Date","Associated Company","Associated Contact"'
CUSTOMERS = "SELECT id, name, email FROM customers ORDER BY id"
CONTACTS = "SELECT name, customer_id, email FROM contacts ORDER BY id"
WHOSE = "SELECT title, customer_id FROM deals ORDER BY id"


@pytest.fixture
def bring(tmp_path, book, run):
    """Return a call that imports texts as files, in one command."""

    def bring(*texts: str, more: str = "", ok: bool = True):
        names = [f"f{place}.csv" for place in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return run(f"import {' '.join(str(tmp_path / name) for name in names)} {more}", ok=ok)

    return bring


def deals(*rows: str) -> str:
    return "\n".join([DEALS, *rows, ""])


ALONE = deals("1,A,,Jo Solo,Proposal,Won,100,2026-03-01")
JO = f"{PERSONS}\n501,Jo Solo,,jo@gmail.com\n"
CALL = f"{ACTIVITIES}\n9,Intro,Call,Done,2026-03-10,,Jo Solo,jo@gmail.com\n"


def test_a_person_alone_is_the_customer_of_a_deal(bring, rows):
    said = bring(ALONE).stdout

    assert "1 new" in said
    assert "added 1 customer: Jo Solo" in said
    assert rows(CUSTOMERS) == [["1", "Jo Solo", ""]]
    assert rows(CONTACTS) == []
    assert rows(WHOSE) == [["A", "1"]]


def test_hubspot_keeps_the_address_of_the_person(bring, rows):
    bring(
        f'{HUBSPOT}\n"1","Only person","Closed Won","Sales Pipeline","500","2026-03-03","2026-03-01","","Ada Lovelace (ada@example.com)"\n'
    )

    assert rows(CUSTOMERS) == [["1", "Ada Lovelace", "ada@example.com"]]


@pytest.mark.parametrize(
    "order",
    [(ALONE, JO, CALL), (JO, ALONE, CALL), (CALL, JO, ALONE), (JO, CALL, ALONE), (CALL, ALONE, JO), (ALONE, CALL, JO)],
    ids=[
        "deal-person-call",
        "person-deal-call",
        "call-person-deal",
        "person-call-deal",
        "call-deal-person",
        "deal-call-person",
    ],
)
def test_one_person_is_one_customer_in_any_order(bring, rows, order):
    for text in order:
        bring(text)

    assert [row[1] for row in rows(CUSTOMERS)] == ["Jo Solo"]
    assert rows(CONTACTS) == [["Jo Solo", "1", "jo@gmail.com"]]
    assert rows(WHOSE) == [["A", "1"]]
    assert rows("SELECT customer_id FROM activities") == [["1"]]
    again = bring(*order).stdout
    assert "0 new, 0 changed, 3 same" in again


def test_one_command_with_all_files_makes_one_customer_too(bring, rows):
    bring(CALL, ALONE, JO)

    assert [row[1] for row in rows(CUSTOMERS)] == ["Jo Solo"]
    assert rows(CONTACTS) == [["Jo Solo", "1", "jo@gmail.com"]]


def test_the_contact_of_a_customer_brings_that_customer(bring, rows):
    bring(f"{PERSONS}\n501,Jo Solo,Acme,jo@acme.com\n")
    bring(ALONE)
    bring(CALL.replace("jo@gmail.com", "jo@acme.com"))

    assert [row[1] for row in rows(CUSTOMERS)] == ["Acme"]
    assert rows("SELECT customer_id, contact_id FROM deals") == [["1", "1"]]
    assert rows("SELECT customer_id, contact_id FROM activities") == [["1", "1"]]


def test_two_persons_of_one_name_with_two_addresses_are_two_customers(bring, rows):
    line = '"{0}","D{0}","Closed Won","Sales Pipeline","500","2026-03-03","2026-03-01","","Ada Low ({1})"'
    bring("\n".join([HUBSPOT, line.format(1, "ada@gmail.com"), line.format(2, "low@web.de"), ""]))

    assert [row[1:] for row in rows(CUSTOMERS)] == [["Ada Low", "ada@gmail.com"], ["Ada Low", "low@web.de"]]


def test_a_person_who_gets_a_company_moves_the_deal_there_and_the_answer_says_so(bring, rows):
    bring(ALONE)
    said = bring(deals("1,A,Solo Ltd,Jo Solo,Proposal,Won,100,2026-03-01")).stdout

    assert "0 new, 1 changed, 0 same" in said
    assert "changed: d1 contact, customer" in said
    assert rows("SELECT d.title, c.name FROM deals d JOIN customers c ON c.id = d.customer_id") == [["A", "Solo Ltd"]]


def test_a_customer_renamed_by_hand_stays_the_one_of_its_deal(bring, rows, run):
    bring(ALONE)
    run('customer edit c1 --name "Jo Solo GmbH"', ok=True)
    bring(ALONE.replace(",100,", ",150,"))

    assert [row[1] for row in rows(CUSTOMERS)] == ["Jo Solo GmbH"]
    assert rows("SELECT customer_id, amount FROM deals") == [["1", "15000"]]


def test_undo_takes_the_customer_of_a_person_back(bring, rows, run):
    bring(JO)
    bring(ALONE)
    run("undo", ok=True)

    assert rows(CUSTOMERS) == []
    assert rows(CONTACTS) == [["Jo Solo", "", "jo@gmail.com"]]


def test_without_leave_to_add_customers_the_refusal_says_what_would(bring):
    plain = "id,title,customer,contact,stage,created\n1,A,,Jo Solo,Proposal,2026-03-01\n"
    said = bring(plain, more="--as deals", ok=False).stderr

    assert "nobody goes by that name, and the row names no customer; --new customers adds the person as one" in said
    assert bring(plain, more="--as deals --new customers").exit_code == 0
