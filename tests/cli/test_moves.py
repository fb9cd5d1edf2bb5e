"""A deal on its way: moved, pushed, won, lost, reopened, edited."""

import pytest


@pytest.fixture
def deal(run):
    """One open deal of 9,000 at Acme, opened on the second of March."""
    run("deal add 9000 Acme Website --new --close 2026-03-31 -d 2026-03-02", ok=True)
    return run


def test_a_move_is_dated_and_kept_in_the_history(deal, rows):
    assert "Lead -> Proposal" in deal("move d1 proposal -d 2026-03-05", ok=True).stdout
    assert rows("SELECT s.name, h.from_on, h.to_on FROM deal_history h JOIN stages s ON s.id = h.stage_id") == [
        ["Lead", "2026-03-02", "2026-03-05"],
        ["Proposal", "2026-03-05", ""],
    ]


def test_an_edit_before_a_backdated_move_leaves_every_day_right(deal, rows):
    deal("deal edit d1 --amount 12000 -d 2026-03-10", ok=True)
    deal("move d1 qualified -d 2026-03-05", ok=True)
    assert rows(
        "SELECT s.name, h.amount / 100, h.from_on, h.to_on FROM deal_history h JOIN stages s ON s.id = h.stage_id "
        "ORDER BY h.from_on, h.seq",
    ) == [
        ["Lead", "9000", "2026-03-02", "2026-03-05"],
        ["Qualified", "9000", "2026-03-05", "2026-03-10"],
        ["Qualified", "12000", "2026-03-10", ""],
    ]
    assert rows("SELECT s.name, d.amount / 100 FROM deals d JOIN stages s ON s.id = d.stage_id") == [
        ["Qualified", "12000"]
    ]


def test_a_backdated_change_behind_a_later_one_of_the_same_field_is_refused_by_name(deal):
    deal("move d1 proposal -d 2026-03-10", ok=True)
    result = deal("move d1 qualified -d 2026-03-05")
    assert result.exit_code == 1
    assert "2026-03-10" in result.stderr
    early = deal("move d1 qualified -d 2026-03-01")
    assert early.exit_code == 1
    assert "before the deal was created" in early.stderr


def test_a_typing_error_is_corrected_from_the_start(deal, rows):
    deal("deal edit d1 --amount 900 --correct", ok=True)
    assert rows("SELECT amount / 100 FROM deal_history") == [["900"]]


def test_won_closes_for_another_amount_and_its_line_follows(deal, rows):
    deal("product add Build 9000", ok=True)
    deal("deal add - Acme Second --product Build", ok=True)
    deal("won d2 8500 -d 2026-03-18", ok=True)
    assert rows("SELECT amount, book_amount, closed_on FROM deals WHERE id = 2") == [["850000", "850000", "2026-03-18"]]
    assert rows("SELECT amount, book_amount FROM deal_lines WHERE deal_id = 2") == [["850000", "850000"]]


def test_moving_to_won_wins_and_moving_to_lost_asks_why(deal):
    asked = deal("move d1 lost")
    assert asked.exit_code == 1
    assert "salestrack lost d1 REASON" in asked.stderr
    assert deal("move d1 won", ok=True).stdout.startswith("d1 · won · 9,000.00 USD")


def test_a_closed_deal_is_not_moved_but_reopened(deal, rows):
    deal("move d1 negotiation", ok=True)
    deal("won d1", ok=True)
    refused = deal("move d1 proposal")
    assert refused.exit_code == 1
    assert "reopen d1" in refused.stderr
    assert "in Negotiation" in deal("reopen d1", ok=True).stdout
    assert rows("SELECT status, closed_on, book_amount FROM deals") == [["open", "", ""]]


def test_lost_takes_a_reason_of_the_book(deal, rows):
    unknown = deal("lost d1 prise")
    assert unknown.exit_code == 4
    assert "price" in unknown.stderr
    assert "price" in deal("lost d1 price too dear for them", ok=True).stdout
    assert rows("SELECT r.name, d.note FROM deals d JOIN lost_reasons r ON r.id = d.reason_id") == [
        ["price", "too dear for them"]
    ]


def test_a_new_reason_is_added_on_request(deal, rows):
    deal("lost d1 'moved abroad' --new-reason", ok=True)
    assert rows("SELECT r.name FROM deals d JOIN lost_reasons r ON r.id = d.reason_id") == [["moved abroad"]]


def test_a_push_names_both_dates_and_counts(deal):
    first = deal("push d1 2026-04-15 waiting for the budget", ok=True).stdout
    assert "Tue 2026-03-31 -> Wed 2026-04-15" in first
    assert "push 1, 15 days in all" in first
    assert "push 2, 45 days in all" in deal("push d1 2026-05-15", ok=True).stdout


def test_a_stage_with_spaces_and_other_letters_works(deal):
    deal("stage add 'Ready to Close' --before negotiation --probability 60", ok=True)
    deal("stage add Übergabe --before 'Ready to Close'", ok=True)
    assert "Lead -> Ready to Close" in deal("move d1 'ready to close'", ok=True).stdout
    assert "Ready to Close -> Übergabe" in deal("move d1 übergabe", ok=True).stdout


def test_an_unknown_stage_names_the_known_ones(deal):
    result = deal("move d1 propsal")
    assert result.exit_code == 4
    assert "Proposal" in result.stderr


def test_a_customer_with_one_open_deal_stands_for_it(deal):
    assert "Lead -> Qualified" in deal("move acme qualified", ok=True).stdout
    deal("deal add 100 Acme Other", ok=True)
    two = deal("move acme proposal")
    assert two.exit_code == 4
    assert "d1 Website" in two.stderr
    assert "d2 Other" in two.stderr


def test_a_pinned_probability_survives_moves_until_it_is_cleared(deal, rows):
    deal("deal edit d1 --probability 40", ok=True)
    deal("move d1 negotiation", ok=True)
    assert rows("SELECT probability FROM deals") == [["40"]]
    deal("deal edit d1 --probability -", ok=True)
    assert rows("SELECT probability FROM deals") == [[""]]


@pytest.mark.parametrize("line", ["deal edit d1 --probability 101", "deal edit d1", "deal edit d1 --amount 1.200"])
def test_bad_edits_are_usage_errors(deal, line):
    assert deal(line).exit_code == 2


def test_a_correction_reaches_back_though_today_is_right_already(deal, rows):
    deal("deal edit d1 --amount 1500", ok=True)
    deal("deal edit d1 --amount 1500 --correct", ok=True)
    assert rows("SELECT DISTINCT amount FROM deal_history") == [["150000"]]
    assert deal("deal edit d1 --amount 1500 --correct").exit_code == 1
    assert deal("deal edit d1 --amount 1 --correct -d 2026-03-05").exit_code == 2


def test_an_edit_of_a_won_deal_says_that_its_day_changes(deal):
    deal("won d1 -d 2026-03-05", ok=True)
    assert "that day's revenue is 900.00 USD now" in deal("deal edit d1 --amount 900", ok=True).stderr


def test_a_deal_whose_id_is_a_customers_name_is_reached_by_its_number(deal):
    deal("customer add d1", ok=True)
    assert "write 1 for the deal" in deal("won d1").stderr
    deal("won 1", ok=True)
