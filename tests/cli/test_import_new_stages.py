"""Stages that come with a file stand where their chances put them, and nobody has to set these by hand."""

STAGES = "SELECT name, probability FROM stages ORDER BY position"


def test_a_stage_is_as_likely_as_most_of_its_deals_say_and_stands_in_that_order(run, rows):
    text = "id,stage,probability\n1,Offer,60\n2,Offer,60\n3,Offer,90\n4,Chat,15 %\n5,Chat,\n"
    told = run("import - --as deals --new stages", ok=True, stdin=text).stdout
    assert "added 2 stages: Chat 15 %, Offer 60 % · " in told  # nothing is left to be guessed
    assert rows(STAGES) == [
        ["Lead", "10"],
        ["Chat", "15"],
        ["Qualified", "25"],
        ["Proposal", "50"],
        ["Offer", "60"],
        ["Negotiation", "75"],
        ["Won", "100"],
        ["Lost", "0"],
    ]


def test_what_nobody_says_is_named_as_a_guess_and_comes_last(run, rows):
    text = "id,stage,probability\n1,Mystery,\n2,Offer,80\n3,Won,100\n"
    told = run("import - --as deals --new stages", ok=True, stdin=text).stdout
    assert "added 2 stages: Offer 80 %, Mystery 10 % (salestrack stage edit Mystery --probability 40)" in told
    assert [name for name, _ in rows(STAGES)][-4:] == ["Offer", "Mystery", "Won", "Lost"]


def test_a_profile_knows_the_chances_of_its_vendors_stages_and_the_file_knows_better(run, rows, tmp_path):
    head = "Record ID,Deal Name,Deal Stage,Create Date,Amount"
    rest = "1,One,Contract Sent,2026-01-05,100\n2,Two,Qualified To Buy,2026-01-06,50\n"
    (tmp_path / "deals.csv").write_text(f"{head}\n{rest}")
    told = run(f"import {tmp_path}/deals.csv --new stages", ok=True).stdout
    assert "added 2 stages: Qualified To Buy 40 %, Contract Sent 90 % · " in told
    run("undo", ok=True)
    rest = "1,One,Contract Sent,2026-01-05,100,0.65\n2,Two,Qualified To Buy,2026-01-06,50,\n"
    (tmp_path / "deals.csv").write_text(f"{head},Deal probability\n{rest}")
    assert "Contract Sent 65 %" in run(f"import {tmp_path}/deals.csv --new stages", ok=True).stdout


def test_a_profile_with_an_impossible_chance_is_refused_by_name(run, tmp_path):
    (tmp_path / "p.toml").write_text('kind = "deals"\nmatch = ["x"]\n[stages]\n"Contract Sent" = 190\n')
    refused = run(f"profile save p {tmp_path}/p.toml")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "stages.Contract Sent is a whole number of percent, from 0 to 100" in refused.stderr
