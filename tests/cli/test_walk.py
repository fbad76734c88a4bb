"""Case 2 of the procedure (section 10) by command line only: a self-report, telephoned in and put right."""

import json
from pathlib import Path

from app import clock
from tests.cli.conftest import Run

SECRETARY = ("--as", "secretary@example.org")
TODAY = ("--input", f"sent_on={clock.today().isoformat()}")


def last_word(output: str) -> str:
    return output.split()[-1]


def inputs(**values: str) -> list[str]:
    return [word for name, value in values.items() for word in ("--input", f"{name.replace('__', '.')}={value}")]


def begun(run: Run, reference: str) -> str:
    """Brings a received case under review; the id of the one allegation."""
    refused = run("case", "act", reference, "acknowledge", *SECRETARY, code=1)
    lines = refused.stderr.splitlines()
    assert lines[0] == "Something is still missing"
    assert [line.split(":")[0] for line in lines[1:]] == ["acknowledged_or_impossible", "risks_answered"]
    run("case", "add", reference, "acknowledgements", *SECRETARY, *inputs(how="telephone"), *TODAY)
    run("case", "add", reference, "risks", *SECRETARY, *inputs(threat="no", child="no", vulnerable="no"))
    run("case", "act", reference, "acknowledge", *SECRETARY)
    known = inputs(role="respondent", name="Ward member (example)", identified="named", member_then="yes")
    member = last_word(run("case", "add", reference, "parties", *SECRETARY, *known).stdout)
    conduct = inputs(clause="3.5a", respondent=member, conduct="A rumour was shared.")
    allegation = last_word(run("case", "add", reference, "allegations", *SECRETARY, *conduct).stdout)
    scope = inputs(in_scope="yes", note="A member.", national_route="not_needed")
    run("case", "add", reference, "scope-notes", *SECRETARY, *scope)
    version = json.loads(run("case", "show", reference, *SECRETARY, "--json").stdout)["version"]
    stale = run("case", "act", reference, "begin_review", *SECRETARY, "--version", str(version - 1), code=1)
    assert "changed this case" in stale.stderr
    run("case", "act", reference, "begin_review", *SECRETARY, "--version", str(version))
    return allegation


def test_case_2_self_report_put_right(run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("user", "add", "secretary@example.org", "--name", "Secretary (example)", "--role", "secretary")
    run("user", "add", "auditor@example.org", "--name", "Auditor (example)", "--role", "auditor")
    report = {
        "kind": "self",
        "statement": "I shared a rumour.",
        "channel": "oral_note",
        "declaration": {"answer": "none"},
    }
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report), "utf-8")
    missing = run("case", "open", *SECRETARY, "--file", str(file), code=1)
    assert missing.stderr.startswith("put_right.what:")
    assert len(missing.stderr.splitlines()) == 1
    put_right = inputs(put_right__what="Deleted it after twenty minutes.", put_right__worked="yes")
    opened = run("case", "open", *SECRETARY, "--file", str(file), *put_right)
    reference = last_word(opened.stdout)

    allegation = begun(run, reference)
    run(
        "case",
        "add",
        reference,
        "findings",
        *SECRETARY,
        *inputs(allegation=allegation, result="proved", reasons="Said so."),
    )
    closing = inputs(outcome="self_report_rectified", reasons="Put right within the hour.", respondent_told="yes")
    closed = json.loads(run("case", "act", reference, "close_after_review", *SECRETARY, *closing, "--json").stdout)
    assert (closed["state"], closed["outcome"]) == ("closed", "self_report_rectified")

    auditor = ("--as", "auditor@example.org")
    items = json.loads(run("case", "trail", reference, *auditor, "--json").stdout)["items"]
    moves = [item["to"] for item in items if item["event"] in ("case_opened", "step_taken")]
    assert moves == ["received", "acknowledged", "under_review", "closed"]
    assert {item["via"] for item in items} == {"cli"}
    assert "finished the case without a panel" in run("case", "trail", reference, *auditor).stdout
    assert reference in run("case", "list", *SECRETARY).stdout
    assert run("audit", "verify").stdout.strip() == "The record is sound."
