"""A case walked by page: card, one next thing, forms that keep what was typed, walls."""

import re
from datetime import timedelta

from freezegun import freeze_time
from httpx2 import Response
from starlette.testclient import TestClient

from app import clock
from app.audit.events import Event
from app.audit.log import SYSTEM
from app.cases import staffing
from tests.branch import AUDITOR, DEPUTY, PANEL, REPORT, SECRETARY, Branch, in_days
from tests.web.conftest import Enter, Form, shown

HOSTILE = '<script>alert(1)</script> \u202e "quoted" & ' + "x" * 300


def fill(client: TestClient, path: str, **answers: str | list[str]) -> Response:
    """Opens a page, fills in its form (the one before it is for signing out) and sends it."""
    form = Form(client.get(path).text, 1)
    return client.post(form.action, data=form.filled(**answers))


def next_thing(markup: str) -> str:
    found = re.search(r'id="next">(.*?)</h2>', markup)
    assert found is not None
    return found[1]


def test_an_officer_sees_only_the_card_before_declaring(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    page = enter(SECRETARY).get(f"/cases/{reference}").text
    assert "Can you deal with this case?" in page
    assert "3.1" in page
    assert REPORT["statement"] not in page
    assert REPORT["how_seen"] not in page
    assert "case_viewed" in branch.events(reference)


def test_a_report_is_walked_to_its_end_by_following_the_next_thing(branch: Branch, enter: Enter) -> None:
    reference, client, today = branch.report(), enter(SECRETARY), clock.today().isoformat()
    base = f"/cases/{reference}"
    answers = {
        "conflict-declarations": {"answer": "none"},
        "acknowledgements": {"how": "email", "sent_on": today},
        "risks": {"threat": "no", "child": "no", "vulnerable": "unknown"},
        "scope-notes": {"in_scope": "yes", "note": "A member.", "national_route": "not_needed"},
        "parties": {"role": "respondent", "name": "Member B", "identified": "named", "member_then": "yes"},
        "allegations": {"clause": "3.1", "conduct": "A post."},
    }
    sent = fill(client, base, **answers.pop("conflict-declarations"))
    assert sent.status_code == 303
    for _ in range(12):
        button = re.search(r'class="govuk-button" href="([^"]+)"', client.get(base).text)
        assert button is not None
        kind = button[1].split("/")[-2]
        if kind == "steps":
            fill(client, button[1])
        elif kind in answers:
            assert fill(client, button[1], **answers.pop(kind)).status_code == 303
        else:
            break
    assert branch.case(reference).state == "under_review"
    assert not answers
    fill(client, f"{base}/records/findings/new", result="not_proved", reasons="An opinion.")
    fill(client, f"{base}/steps/close_after_review", outcome="no_breach", reasons="An opinion.", respondent_told="yes")
    assert branch.case(reference).state == "closed"
    assert "One letter needs you" in client.get(base).text
    branch.handed_over(reference, how="own_page", name="closing_third_party")
    assert "Nothing, unless someone asks to look again" in client.get(base).text
    assert {entry.event for entry in branch.entries(reference)} >= {Event.STEP_TAKEN, Event.CASE_VIEWED}


def test_the_next_thing_says_which_date_it_names(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("received"), enter(SECRETARY)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")

    def said() -> str:
        box = re.search(r'<section class="ct-next".*?</section>', client.get(f"/cases/{reference}").text, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", box[0] if box else "").split())

    assert "Reply to the person who told us by " in said()
    with freeze_time(clock.now() + timedelta(days=9), real_asyncio=True):
        client = enter(SECRETARY)
        assert "Reply to the person who told us: 2 days late" in said()


def test_only_who_sits_on_the_panel_is_offered_as_having_decided(branch: Branch, enter: Enter) -> None:
    reference = branch.at("referred")
    with branch.home.db.write() as session:
        staffing.disable_person(session, branch.home, branch.ids[PANEL[2]], actor=SYSTEM, via="cli")
    page = enter(SECRETARY).get(f"/cases/{reference}/records/panel-decisions/new").text
    for name in ("members", "recused"):
        offered = set(re.findall(rf'name="{name}"[^>]*value="([^"]+)"', page))
        assert offered == {branch.ids[email] for email in PANEL[:3]}  # one of them has left the office since


def test_a_refusal_names_everything_beside_the_button(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("acknowledged"), enter(SECRETARY)
    answer = fill(client, f"/cases/{reference}/steps/begin_review")
    text = answer.text
    assert answer.status_code == 409
    assert "Not done yet: something is missing" in text
    assert text.count("Write down what is alleged, or say in the scope note why nothing is") >= 2
    assert f'href="/cases/{reference}/records/scope-notes/new"' in text
    assert branch.events(reference)[-1] == Event.STEP_REFUSED
    assert branch.case(reference).state == "acknowledged"
    assert "Not met: " in client.get(f"/cases/{reference}/trail").text


def test_answers_to_look_at_come_back_as_they_were_typed_and_inert(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("acknowledged"), enter(SECRETARY)
    path = f"/cases/{reference}/records/scope-notes/new"
    answer = fill(client, path, note=HOSTILE)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "<title>Error: " in answer.text
    assert dict(Form(answer.text, 1).pairs)["note"] == HOSTILE
    assert not branch.rows(reference, "scope-notes")
    fill(client, path, note=HOSTILE, in_scope="yes", national_route="not_needed")
    assert len(branch.rows(reference, "scope-notes")) == 1
    page = client.get(f"/cases/{reference}/records").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_somebody_else_was_quicker(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("acknowledged"), enter(SECRETARY)
    path = f"/cases/{reference}/records/notes/new"
    form = Form(client.get(path).text, 1)
    branch.keep(SECRETARY, reference, "parties", role="witness", identified="unknown", member_then="unknown")
    answer = client.post(form.action, data=form.filled(text="Kept by me", audience="everyone"))
    assert answer.status_code == 409
    assert "This case changed while you were writing" in answer.text
    assert "recorded a person: Witness" in shown(answer.text)
    again = Form(answer.text, 1)
    assert dict(again.pairs)["text"] == "Kept by me"
    assert client.post(again.action, data=again.filled()).status_code == 303
    assert len(branch.rows(reference, "notes")) == 1


def test_a_step_that_was_taken_in_another_tab_is_not_to_be_sent_again(branch: Branch, enter: Enter) -> None:
    reference, client = branch.report(), enter(SECRETARY)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    branch.keep(SECRETARY, reference, "acknowledgements", how="post", sent_on=in_days(0))
    branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
    path = f"/cases/{reference}/steps/acknowledge"
    one, other = Form(client.get(path).text, 1), Form(client.get(path).text, 1)
    assert client.post(one.action, data=one.filled()).status_code == 303
    answer = client.post(other.action, data=other.filled())
    assert answer.status_code == 409
    said = shown(answer.text)
    assert "“Confirm that we have replied” is not possible while the case is at “We have replied”." in said
    assert "send it again" not in said
    assert "replied to the person who told us" in said  # what changed meanwhile


def test_a_form_sent_twice_is_kept_once(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("acknowledged"), enter(SECRETARY)
    form = Form(client.get(f"/cases/{reference}/records/notes/new").text, 1)
    filled = form.filled(text="Once", audience="everyone")
    first, second = client.post(form.action, data=filled), client.post(form.action, data=filled)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(branch.rows(reference, "notes")) == 1


def test_a_hidden_case_and_an_unknown_one_are_the_same_page(branch: Branch, enter: Enter) -> None:
    reference, client = branch.report(involves_secretary="yes"), enter(SECRETARY)
    before = branch.events().count(Event.ACCESS_DENIED)
    parts = ("", "/report", "/records", "/trail", "/steps/acknowledge", "/records/notes/new")
    hidden = [client.get(f"/cases/{reference}{part}") for part in parts]
    unknown = [client.get(f"/cases/2026-22222{part}") for part in parts]
    assert {answer.status_code for answer in hidden + unknown} == {404}
    assert [answer.text for answer in hidden] == [answer.text for answer in unknown]
    assert client.post(f"/cases/{reference}/steps/acknowledge", data={}).status_code == 404
    assert branch.events().count(Event.ACCESS_DENIED) == before + 13


def test_a_correction_keeps_what_stood_there(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("under_review"), enter(SECRETARY)
    page = client.get(f"/cases/{reference}/records").text
    link = re.search(r'href="([^"]+/parties/new\?replaces=[^"]+)"', page)
    assert link is not None
    form = Form(client.get(link[1]).text, 1)
    assert dict(form.pairs)["name"] == "Ward organiser (example)"
    assert client.post(form.action, data=form.filled(name="Ward treasurer (example)")).status_code == 303
    page = client.get(f"/cases/{reference}/records").text
    assert "Corrected since: one" in page
    assert "Ward treasurer (example)" in page
    assert client.get(f"/cases/{reference}/records/parties/new?replaces={'0' * 32}").status_code == 404


def test_what_must_be_pointed_at_is_asked_for_first(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("acknowledged"), enter(SECRETARY)
    page = client.get(f"/cases/{reference}/records/allegations/new").text
    assert "Record this first" in page
    assert f"/cases/{reference}/records/parties/new" in page


def test_another_officer_decides_on_a_declaration(branch: Branch, enter: Enter) -> None:
    reference, secretary, deputy = branch.report(), enter(SECRETARY), enter(DEPUTY)
    base = f"/cases/{reference}"
    fill(secretary, base, answer="possible", describe="We were at school together.")
    assert "Another officer decides" in secretary.get(base).text
    assert "We were at school" not in deputy.get(base).text
    fill(deputy, base, answer="none")
    page = deputy.get(base).text
    assert "We were at school together." in page
    assert REPORT["statement"] not in page
    fill(deputy, base, decision="cleared", reason="Forty years ago.")
    assert REPORT["statement"] in secretary.get(base).text


def test_whoever_is_connected_loses_the_case_at_once(branch: Branch, enter: Enter) -> None:
    reference, client = branch.report(), enter(SECRETARY)
    answer = fill(client, f"/cases/{reference}", answer="conflicted")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    assert reference not in client.get("/cases").text
    assert client.get(f"/cases/{reference}").status_code == 404
    assert branch.handler(reference) == DEPUTY


def test_the_panel_reads_after_declaring_and_referral_and_never_the_private(branch: Branch, enter: Enter) -> None:
    reporter = {"name": "Reporting member (example)", "email": "reporting@example.org"}
    reference = branch.at("under_review", reporter=reporter, share_identity="no", effect=None)
    branch.keep(SECRETARY, reference, "notes", text="For handlers alone.", audience="handlers")
    branch.keep(SECRETARY, reference, "panel", person=PANEL[0])
    client = enter(PANEL[0])
    assert "One case waits for your declaration." in client.get("/panel").text
    card = client.get(f"/cases/{reference}").text
    assert "Can you sit on this case?" in card
    assert "Asked by" in card
    assert REPORT["statement"] not in card
    fill(client, f"/cases/{reference}", answer="none")
    assert REPORT["statement"] not in client.get(f"/cases/{reference}").text
    assert client.get(f"/cases/{reference}/report").status_code == 403


def test_the_panel_reads_a_referred_case(branch: Branch, enter: Enter) -> None:
    reporter = {"name": "Reporting member (example)", "email": "reporting@example.org"}
    reference = branch.at("referred", reporter=reporter, share_identity="no")
    branch.keep(SECRETARY, reference, "notes", text="For handlers alone.", audience="handlers")
    client = enter(PANEL[0])
    assert reference in client.get("/panel").text
    pages = [client.get(f"/cases/{reference}{part}").text for part in ("", "/report", "/records")]
    assert REPORT["statement"] in pages[0]
    assert "Kept from the panel" in pages[0]
    for page in pages:
        assert "Reporting member" not in page
        assert "reporting@example.org" not in page
        assert "For handlers alone." not in page
    assert client.get(f"/cases/{reference}/trail").status_code == 403
    assert client.get(f"/cases/{reference}/steps/close_after_panel").status_code == 403


def test_another_officer_looks_at_it_again_and_the_closer_cannot(branch: Branch, enter: Enter) -> None:
    reference, deputy = branch.at("closed"), enter(DEPUTY)
    base = f"/cases/{reference}"
    answers = {"ground": "new_evidence", "reasons": "A witness came forward."}
    refused = fill(enter(SECRETARY), f"{base}/steps/reopen", **answers)
    assert refused.status_code == 409
    assert "another officer can" in refused.text
    page = deputy.get(base).text
    assert "Finished case of another officer" in page
    fill(deputy, base, answer="none")
    assert fill(deputy, f"{base}/steps/reopen", **answers).status_code == 303
    assert branch.case(reference).state == "under_review"
    assert branch.handler(reference) == DEPUTY


def test_an_auditor_sees_steps_and_no_content(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("under_review"), enter(AUDITOR)
    page = client.get(f"/cases/{reference}").text
    assert "began looking into it" in page
    assert REPORT["statement"] not in page
    assert "Ward organiser" not in page
    assert client.get(f"/cases/{reference}/records").status_code == 403
    assert client.get(f"/cases/{reference}/trail").status_code == 200


def test_a_step_that_is_not_possible_here_says_so(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("acknowledged"), enter(SECRETARY)
    assert client.get(f"/cases/{reference}/steps/refer").status_code == 409
    assert client.get(f"/cases/{reference}/steps/no-such-step").status_code == 404
    assert client.get(f"/cases/{reference}/records/no-such-kind/new").status_code == 404
    assert client.get(f"/cases/{reference}/records/panel/new").status_code == 409
