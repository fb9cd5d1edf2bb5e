"""Exports of CRM vendors, row by row: each is imported as what it is, or left out with the reason, and only once."""

import csv

import pytest

pytestmark = pytest.mark.real_data


@pytest.fixture
def vendor(real_data, book, run):
    """Return a call that imports files of the vendors' folder, named without their ending."""

    def bring(*names: str, more: str = "--new stages", ok: bool = True):
        files = " ".join(f"{real_data}/vendor-exports/{name}.csv" for name in names)
        return run(f"import {files} {more}", ok=ok)

    return bring


@pytest.fixture
def weekly(real_data, book, run):
    """Return a call that imports the whole weekly export of Salesforce."""
    return lambda more="--new stages": run(f"import {real_data}/salesforce-export {more}", ok=True)


def tables(rows) -> dict[str, list[list[str]]]:
    from salestrack.store.triggers import JOURNALLED

    return {table: rows(f"SELECT * FROM {table} ORDER BY id") for table in JOURNALLED}


HUBSPOT = ("hubspot_companies", "hubspot_contacts", "hubspot_deals", "hubspot_notes")
PIPEDRIVE = ("pipedrive_deals", "pipedrive_persons", "pipedrive_activities")
REPORT = ("salesforce_opportunity_report_with_footer",)
STORY = (
    "SELECT d.title, h.from_on, coalesce(h.to_on, ''), s.name FROM deal_history h JOIN deals d ON d.id = h.deal_id "
    "JOIN stages s ON s.id = h.stage_id ORDER BY d.id, h.from_on, h.seq"
)


def test_hubspot_in_one_command_every_row_is_what_it_is(vendor, rows):
    said = vendor(*HUBSPOT).stdout

    assert "4 files: 6 rows read · 6 new, 0 changed, 0 same" in said
    assert rows("SELECT c.name, segment, country, o.name FROM customers c LEFT JOIN owners o ON o.id = c.owner_id") == [
        ["Acme Inc", "COMPUTER_SOFTWARE", "United States", "Sarah Chen"], ["Globex, Ltd", "", "", ""], ["Initech", "", "", ""],
    ]  # fmt: skip
    assert rows("SELECT n.name, n.email, n.phone, c.name FROM contacts n JOIN customers c ON c.id = n.customer_id") == [
        ["Ada Lovelace", "ada@example.com", "+1 555 0100", "Acme Inc"], ["Bill", "", "", "Initech"],
        ["Peter", "", "", "Initech"],
    ]  # fmt: skip
    assert rows(
        "SELECT d.title, s.name, d.amount, d.created_on, d.closed_on, d.expected_on, o.name, c.name, n.name FROM deals d "
        "JOIN stages s ON s.id = d.stage_id LEFT JOIN owners o ON o.id = d.owner_id JOIN customers c ON c.id = d.customer_id "
        "LEFT JOIN contacts n ON n.id = d.contact_id ORDER BY d.id"
    ) == [
        [
            "Acme - New Business",
            "Won",
            "2500000",
            "2024-03-04",
            "2024-05-31",
            "",
            "Sarah Chen",
            "Acme Inc",
            "Ada Lovelace",
        ],
        [
            "Globex, Ltd - Renewal",
            "Contract Sent",
            "",
            "2024-02-01",
            "",
            "2024-11-01",
            "Ingrid Larsen",
            "Globex, Ltd",
            "",
        ],
        ["Initech - Pilot", "Lost", "480050", "2024-05-01", "2024-06-03", "", "", "Initech", "Bill"],
    ]
    assert rows("SELECT deal_id, contact_id FROM deal_contacts") == [["3", "3"]]
    assert rows(
        "SELECT a.kind, a.happened_on, a.happened_time, a.note, c.name, n.name, d.title FROM activities a "
        "JOIN customers c ON c.id = a.customer_id JOIN contacts n ON n.id = a.contact_id JOIN deals d ON d.id = a.deal_id"
    ) == [
        ["note", "2024-03-05", "10:00", "Kickoff Wants pricing by Friday", "Acme Inc", "Ada Lovelace", "Acme - New Business"]
    ]  # fmt: skip


def test_hubspot_stage_dates_are_history(vendor, rows):
    vendor("hubspot_deals")

    assert rows(STORY) == [
        ["Acme - New Business", "2024-03-04", "2024-05-31", "Appointment Scheduled"],
        ["Acme - New Business", "2024-05-31", "", "Won"],
        ["Globex, Ltd - Renewal", "2024-02-01", "2024-02-01", "Appointment Scheduled"],
        ["Globex, Ltd - Renewal", "2024-02-01", "", "Contract Sent"],
        ["Initech - Pilot", "2024-05-01", "2024-06-03", "Appointment Scheduled"],
        ["Initech - Pilot", "2024-06-03", "", "Lost"],
    ]


def test_pipedrive_in_one_command_every_row_is_what_it_is(vendor, rows):
    said = vendor(*PIPEDRIVE).stdout

    assert "3 files: 6 rows read · 6 new, 0 changed, 0 same" in said
    assert rows(
        "SELECT d.title, s.name, d.amount, d.currency, d.probability, d.created_on, d.closed_on, d.expected_on, r.name "
        "FROM deals d JOIN stages s ON s.id = d.stage_id LEFT JOIN lost_reasons r ON r.id = d.reason_id ORDER BY d.id"
    ) == [
        ["Hotel Example Krakow", "Won", "3000000", "EUR", "", "2025-01-15", "2025-02-28", "2025-02-28", ""],
        ["Medico, renewal", "Lost", "5760000", "PLN", "", "2025-01-20", "2025-03-10", "", "Price too high"],
        ["Frisch GmbH", "Trial", "0", "EUR", "", "2025-03-01", "", "2025-05-30", ""],
    ]
    assert rows("SELECT n.name, n.email, n.phone, c.name FROM contacts n JOIN customers c ON c.id = n.customer_id") == [
        ["Jan Kowal", "jan@example.com", "570-809-7197", "Hotel Example"]
    ]
    assert rows(
        "SELECT a.kind, a.done, a.happened_on, a.due_on, a.seconds, a.note, c.name, n.name, d.title FROM activities a JOIN customers c "
        "ON c.id = a.customer_id LEFT JOIN contacts n ON n.id = a.contact_id LEFT JOIN deals d ON d.id = a.deal_id ORDER BY a.id"
    ) == [
        ["call", "1", "2025-01-16", "2025-01-16", "1800", "Intro call Good fit", "Hotel Example", "Jan Kowal", "Hotel Example Krakow"],
        ["email", "0", "", "2025-04-02", "", "Send contract", "Frisch GmbH", "", "Frisch GmbH"],
    ]  # fmt: skip


def test_pipedrive_won_and_lost_times_are_history(vendor, rows):
    vendor("pipedrive_deals")

    assert rows(STORY) == [
        ["Hotel Example Krakow", "2025-01-15", "2025-02-28", "Lead"],
        ["Hotel Example Krakow", "2025-02-28", "", "Won"],
        ["Medico, renewal", "2025-01-20", "2025-03-10", "Lead"],
        ["Medico, renewal", "2025-03-10", "", "Lost"],
        ["Frisch GmbH", "2025-03-01", "", "Trial"],
    ]


def test_a_salesforce_report_loses_its_footer_and_nothing_else(vendor, rows):
    said = vendor(*REPORT).stdout

    assert "5 deals read as salesforce-report · 2 new, 0 changed, 0 same, 3 left out" in said
    assert "left out, a footer line of the report: 3" in said
    assert rows(
        "SELECT d.title, s.name, d.amount, d.probability, d.created_on, d.closed_on, d.expected_on, d.source, d.note "
        "FROM deals d JOIN stages s ON s.id = d.stage_id ORDER BY d.id"
    ) == [
        ["Acme Renewal", "Proposal/Price Quote", "12000000", "50", "2025-09-10", "", "2026-03-15", "Referral", "Send revised quote"],
        ["Wayne Platform", "Won", "31000000", "100", "2025-08-01", "2026-02-28", "", "Partner", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("files", [HUBSPOT, PIPEDRIVE, REPORT], ids=["hubspot", "pipedrive", "report"])
def test_a_second_time_nothing_changes_and_undo_gives_the_book_back(vendor, rows, run, files):
    before = tables(rows)
    vendor(*files)
    there = tables(rows)
    said = vendor(*files, more="").stdout

    assert "0 new, 0 changed" in said
    assert tables(rows) == there
    run("undo", ok=True)
    assert tables(rows) == before


def test_one_by_one_the_files_come_to_the_same_as_together(vendor, rows, run):
    for name in HUBSPOT:
        vendor(name)
    apart = rows("SELECT title, customer_id, contact_id, stage_id, amount FROM deals ORDER BY id")
    linked = rows("SELECT customer_id, contact_id, deal_id FROM activities")
    for _ in HUBSPOT:
        run("undo", ok=True)
    vendor(*reversed(HUBSPOT))

    assert len(apart) == 3
    assert rows("SELECT count(*) FROM deals") == [["3"]]
    assert (
        len(rows("SELECT customer_id FROM activities WHERE customer_id AND contact_id AND deal_id")) == len(linked) == 1
    )


def test_the_weekly_export_of_salesforce_comes_to_its_totals(weekly, rows, real_data):
    said = weekly()

    assert "5 files: 147 rows read · 147 new, 0 changed, 0 same" in said.stdout
    assert "Campaign.csv is not read: no profile knows its columns" in said.stderr
    of_opportunities = "id IN (SELECT record_id FROM import_keys WHERE kind = 'deals' AND key LIKE '006%')"
    assert rows(f"SELECT count(*), sum(amount) FROM deals WHERE {of_opportunities}") == [["31", "576000000"]]
    assert rows(f"SELECT count(*), sum(amount) FROM deals WHERE status = 'won' AND {of_opportunities}") == [
        ["18", "364500000"]
    ]
    assert rows("SELECT kind, read_rows, new_rows FROM imports ORDER BY id") == [
        ["customers", "12", "12"], ["contacts", "20", "20"], ["deals", "22", "22"], ["deals", "31", "31"], ["history", "62", "62"],
    ]  # fmt: skip


def test_every_opportunity_stands_at_the_account_and_in_the_stage_that_the_export_says(weekly, rows, real_data):
    weekly()
    folder = real_data / "salesforce-export"
    with (folder / "Account.csv").open(newline="") as file:
        accounts = {row["Id"]: row["Name"] for row in csv.DictReader(file)}
    with (folder / "Opportunity.csv").open(newline="") as file:
        wanted = {
            row["Id"]: [
                row["Name"],
                accounts.get(row["AccountId"], ""),
                {"Closed Won": "Won", "Closed Lost": "Lost"}.get(row["StageName"], row["StageName"]),
                str(int(row["Amount"]) * 100) if row["Amount"] else "",
                row["CloseDate"][:10],
            ]
            for row in csv.DictReader(file)
        }
    found = rows(
        "SELECT k.key, d.title, c.name, s.name, d.amount, coalesce(d.closed_on, d.expected_on) FROM import_keys k "
        "JOIN deals d ON d.id = k.record_id LEFT JOIN customers c ON c.id = d.customer_id JOIN stages s ON s.id = d.stage_id "
        "WHERE k.kind = 'deals' AND k.key LIKE '006%'"
    )

    assert {row[0]: row[1:] for row in found} == wanted


def test_every_contact_stands_at_its_account_and_the_null_id_is_none(weekly, rows, real_data):
    weekly()
    with (real_data / "salesforce-export" / "Contact.csv").open(newline="") as file:
        wanted = {row["Id"]: (row["AccountId"], row["Email"], row["Title"]) for row in csv.DictReader(file)}
    found = rows(
        "SELECT k.key, a.key, n.email, n.role FROM import_keys k JOIN contacts n ON n.id = k.record_id "
        "LEFT JOIN import_keys a ON a.record_id = n.customer_id AND a.kind = 'customers' WHERE k.kind = 'contacts'"
    )

    assert {row[0]: tuple(row[1:]) for row in found} == wanted
    assert rows("SELECT count(*) FROM customers WHERE name LIKE '0000%' OR country LIKE '0000%'") == [["0"]]


def test_every_change_of_an_opportunity_is_in_its_history(weekly, rows, real_data):
    weekly()
    with (real_data / "salesforce-export" / "OpportunityHistory.csv").open(newline="") as file:
        told = {(row["OpportunityId"], row["StageName"]) for row in csv.DictReader(file)}
    spelt = {"Won": "Closed Won", "Lost": "Closed Lost"}
    found = {
        (key, spelt.get(stage, stage))
        for key, stage in rows(
            "SELECT k.key, s.name FROM import_keys k JOIN deal_history h ON h.deal_id = k.record_id "
            "JOIN stages s ON s.id = h.stage_id WHERE k.kind = 'deals' AND k.key LIKE '006%'"
        )
    }

    assert found == told


def test_leads_are_deals_in_the_first_stage_with_their_person(weekly, rows):
    weekly()

    assert rows(
        "SELECT DISTINCT s.name, d.status, d.created_on FROM import_keys k JOIN deals d ON d.id = k.record_id "
        "JOIN stages s ON s.id = d.stage_id WHERE k.key LIKE '00Q%'"
    ) == [["Lead", "open", "2018-10-13"]]
    assert rows(
        "SELECT c.name, n.name, n.email FROM import_keys k JOIN deals d ON d.id = k.record_id JOIN customers c "
        "ON c.id = d.customer_id JOIN contacts n ON n.id = d.contact_id WHERE k.key = '00Q4600000LbVvfEAF'"
    ) == [["Farmers Coop. of Florida", "Bertha Boxer", "bertha@fcof.net"]]


def test_a_second_week_changes_nothing_and_the_history_is_sound(weekly, rows, run):
    weekly()
    before = tables(rows)

    assert "147 rows read · 0 new, 0 changed, 147 same" in weekly("").stdout
    assert tables(rows) == before
    assert "history" not in run("doctor --all").stdout


def test_converted_and_deleted_rows_are_left_out_with_the_reason(run, real_data, tmp_path, book, rows):
    source = real_data / "salesforce-export" / "Lead.csv"
    with source.open(newline="") as file:
        header, *leads = csv.reader(file)
    leads[0][header.index("IsConverted")] = "1"
    leads[1][header.index("IsDeleted")] = "1"
    with (tmp_path / "Lead.csv").open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *leads])
    said = run(f"import {tmp_path}/Lead.csv", ok=True).stdout

    assert "22 deals read as salesforce-leads · 20 new, 0 changed, 0 same, 2 left out" in said
    assert "left out, converted: it is an opportunity now: 1" in said
    assert "left out, deleted in Salesforce: 1" in said
    assert rows("SELECT count(*) FROM customers WHERE name = 'Farmers Coop. of Florida'") == [["0"]]
    assert "converted: it is an opportunity now: 1, deleted in Salesforce: 1" in run("import list", ok=True).stdout


def test_opportunities_without_their_accounts_say_what_is_missing(run, real_data, book):
    refused = run(f"import {real_data}/salesforce-export/Opportunity.csv --new customers,stages")

    assert refused.exit_code == 1
    assert (
        "no customer of salesforce has that id; import its customers first, or together with this file"
        in refused.stderr
    )


def test_the_whole_folder_of_vendors_comes_in_with_one_command_and_only_once(run, real_data, rows, book):
    before = tables(rows)
    said = run(f"import {real_data}/vendor-exports --new stages", ok=True).stdout
    there = tables(rows)

    assert said.splitlines()[-1].startswith("12 files: 28 rows read · 23 new, 0 changed, 0 same, 5 left out")
    again = run(f"import {real_data}/vendor-exports", ok=True).stdout
    assert again.splitlines()[-1] == "12 files: 28 rows read · 0 new, 0 changed, 23 same, 5 left out"
    assert tables(rows) == there
    run("undo", ok=True)
    assert tables(rows) == before


def test_a_stage_column_of_an_unknown_stage_says_what_to_do(vendor):
    refused = vendor("hubspot_deals", more="", ok=False)

    assert refused.exit_code == 1
    assert "hubspot_deals.csv: " in refused.stderr
    assert 'column Date entered "Appointment Scheduled (Sales Pipeline)": no stage is called that' in refused.stderr
    assert "--new stages adds open ones" in refused.stderr
