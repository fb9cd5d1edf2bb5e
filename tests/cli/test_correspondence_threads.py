"""Threads, names and addresses of mails from the command line to the book and back."""

import itertools
import random

import pytest

ME = "--me me@studio.example"
ANN = "Ann Lee <ann@acme.example>"


def mail(key: str, sender: str, to: str, *, day: int = 10, subject: str = "Offer", **more: str) -> str:
    fields = {"From": sender, "To": to, "Subject": subject, "Date": f"{day} Mar 2026 10:00:00 +0000", **more}
    head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    return f"From x@y Tue Mar 10 10:00:00 2026\n{head}Message-ID: <{key}>\n\nText.\n\n"


def mine(key: str, *, to: str = "ann@acme.example", **more) -> str:
    return mail(key, "me@studio.example", to, **more)


def hers(key: str, **more) -> str:
    return mail(key, ANN, "me@studio.example", **more)


@pytest.fixture
def boxes(tmp_path):
    numbers = itertools.count(1)

    def write(*mails: str) -> str:
        path = tmp_path / f"box{next(numbers)}.mbox"
        path.write_text("".join(mails))
        return str(path)

    return write


@pytest.fixture
def acme(run) -> None:
    run('customer add "Acme" --email office@acme.example', ok=True)
    run('contact add "Ann Lee" Acme --email ann@acme.example', ok=True)


def threads(rows) -> dict[str, str]:
    return dict(
        rows(
            "SELECT k.key, a.thread FROM activities a JOIN import_keys k ON k.record_id = a.id AND k.kind = 'activities' "
            "ORDER BY k.key"
        )
    )


ONE, TWO, THREE = (
    mine("2@x", day=10, In_Reply_To="<1@x>"),
    hers("3@x", day=11, In_Reply_To="<2@x>"),
    mine("4@x", day=12, In_Reply_To="<3@x>"),
)


@pytest.mark.parametrize("order", list(itertools.permutations([ONE, TWO, THREE])))
def test_a_mail_that_names_only_its_parent_is_in_the_thread_of_its_parent_in_whatever_order(
    run, rows, boxes, acme, order
):
    run(f"import {boxes(*order)} {ME}", ok=True)
    assert threads(rows) == {"2@x": "1@x", "3@x": "1@x", "4@x": "1@x"}

    said = run("report activity", ok=True).stdout
    assert "Replied       100.00 % (n 1" in said


@pytest.mark.parametrize("order", list(itertools.permutations([ONE, TWO, THREE])))
def test_a_thread_holds_over_several_imports_and_each_undo_gives_the_book_back(run, rows, boxes, acme, order):
    states = []
    for each in order:
        states.append(threads(rows))
        run(f"import {boxes(each)} {ME}", ok=True)
    assert threads(rows) == {"2@x": "1@x", "3@x": "1@x", "4@x": "1@x"}

    again = run(f"import {boxes(*order)} {ME}", ok=True).stdout
    assert "0 new, 0 changed, 3 same" in again
    assert "undo" not in again
    while states:
        run("undo", ok=True)
        assert threads(rows) == states.pop()


def test_a_mail_that_ties_two_threads_puts_both_into_the_older_one(run, rows, boxes, acme):
    first = boxes(mine("a@x", day=5), hers("b@x", day=6, In_Reply_To="<a@x>"))
    other = boxes(mine("c@x", day=3), hers("d@x", day=7, In_Reply_To="<c@x>"))
    run(f"import {first} {ME}", ok=True)
    run(f"import {other} {ME}", ok=True)
    assert set(threads(rows).values()) == {"a@x", "c@x"}

    tie = mine("e@x", day=8, In_Reply_To="<b@x>", References="<c@x> <d@x>")
    said = run(f"import {boxes(tie)} {ME}", ok=True).stdout
    assert "1 new, 0 changed, 0 same · 2 of the book put into the thread of another mail" in said
    assert set(threads(rows).values()) == {"c@x"}
    assert "0 new, 0 changed, 2 same · undo" not in run(f"import {first} {ME}", ok=True).stdout

    run("undo", ok=True)
    assert set(threads(rows).values()) == {"a@x", "c@x"}


def test_a_mail_with_nobody_in_the_book_ties_those_of_its_box_together(run, rows, boxes, acme):
    between = mail("2@x", "else@where.example", "me@studio.example", day=11, In_Reply_To="<1@x>")
    run(f"import {boxes(hers('3@x', day=12, In_Reply_To='<2@x>'), between, mine('1@x'))} {ME}", ok=True)
    assert threads(rows) == {"1@x": "1@x", "3@x": "1@x"}


def test_references_count_from_the_first_even_where_all_but_the_last_are_missing(run, rows, boxes, acme):
    run(f"import {boxes(hers('4@x', References='<z@x> <b@x> <c@x>', In_Reply_To='<c@x>'))} {ME}", ok=True)
    run(f"import {boxes(hers('5@x', In_Reply_To='<b@x>'))} {ME}", ok=True)
    assert threads(rows)["4@x"] == "z@x"


def test_mails_that_answer_each_other_are_one_thread(run, rows, boxes, acme):
    ring = [hers("a@x", In_Reply_To="<c@x>"), hers("b@x", In_Reply_To="<a@x>"), hers("c@x", In_Reply_To="<b@x>")]
    for _ in range(2):
        run(f"import {boxes(*ring)} {ME}", ok=True)
        assert set(threads(rows).values()) == {"a@x"}


def test_long_threads_in_any_order_come_together_under_their_first_mail(run, rows, boxes, acme):
    dice = random.Random(4)
    mails, first = [], {}
    for number in range(300):
        parent = dice.randrange(number) if number > 5 else None
        first[f"{number}@x"] = first[f"{parent}@x"] if parent is not None else f"{number}@x"
        more = {} if parent is None else {"In_Reply_To": f"<{parent}@x>"}
        mails.append(hers(f"{number}@x", day=1 + number // 30, **more))
    dice.shuffle(mails)
    run(f"import {boxes(*mails[:120])} {ME}", ok=True)
    run(f"import {boxes(*mails[120:])} {ME}", ok=True)
    assert threads(rows) == dict(sorted(first.items()))


def test_who_is_added_goes_by_the_best_name_in_the_box(run, rows, boxes):
    box = boxes(
        mine("1@x", to="fred@unknown.example"),
        mail("2@x", "Fred <fred@unknown.example>", "me@studio.example", day=11),
        mail("3@x", "Fred <fred@unknown.example>", "me@studio.example", day=12),
        mail("4@x", "Fred Fuchs <fred@unknown.example>", "me@studio.example", day=13),
        mine("5@x", to='"FRED@unknown.example" <fred@unknown.example>', day=14),
    )
    assert "5  Fred Fuchs <fred@unknown.example>" in run(f"import {box} {ME}", ok=True).stdout
    assert "Fred Fuchs" in run(f"import {box} {ME} --new customers -n", ok=True).stdout
    run(f"import {box} {ME} --new customers", ok=True)
    assert rows("SELECT name FROM customers") == [["Fred Fuchs"]]
    assert "0 new, 0 changed, 5 same" in run(f"import {box} {ME} --new customers", ok=True).stdout


def test_a_tag_behind_an_address_is_the_same_person(run, rows, boxes, acme):
    run('customer add "Beta" --email shop+eu@gmail.com', ok=True)
    run('customer add "Gamma" --email shop@gmail.com', ok=True)
    box = boxes(
        mail("1@x", "me+list@gmail.com", "ann+work@acme.example"),
        mail("2@x", "shop+eu@gmail.com", "me+list@gmail.com"),
        mail("3@x", "shop+us@gmail.com", "me@gmail.com"),
    )
    run(f"import {box} --me me@gmail.com", ok=True)
    assert rows(
        "SELECT c.name, a.contact_id, a.direction FROM activities a JOIN customers c ON c.id = a.customer_id"
    ) == [
        ["Acme", "1", "out"],
        ["Beta", "", "in"],
        ["Gamma", "", "in"],
    ]


def test_a_message_of_rubbish_among_others_is_named_and_the_later_ones_keep_their_numbers(run, rows, boxes, acme):
    rubbish = "From x@y Tue Mar 10 10:00:00 2026\n\0\0\0garbage\n\nno headers\n\n"
    dateless = (
        "From x@y Tue Mar 10 10:00:00 2026\nFrom: ann@acme.example\nTo: me@studio.example\nSubject: No day\n\nx\n\n"
    )
    quoted = mine("2@x").replace("Text.", "\nFrom Monday 10:00 on we are open\nand From here\n")
    result = run(f"import {boxes(mine('1@x'), rubbish, quoted, dateless)} {ME}")
    assert result.exit_code == 3
    assert "4 messages read · 2 new, 0 changed, 0 same, 2 skipped" in result.stdout
    assert result.stderr.splitlines()[:2] == [
        "box1.mbox, message 2: is no message: it has no headers",
        "box1.mbox, message 4 'No day': has no date",
    ]
