"""The worklist: what comes first, what is only a card, pages of fifty, and what is not there at all."""

from datetime import timedelta

from app import clock
from tests.branch import ADMINISTRATOR, AUDITOR, DEPUTY, SECRETARY, Branch
from tests.web.conftest import Enter, shown


def test_it_opens_with_a_sentence_that_counts(branch: Branch, enter: Enter) -> None:
    received = [(clock.today() - timedelta(days=days)).isoformat() for days in (10, 6, 0)]
    late, soon, fresh = (branch.report(by=SECRETARY, received_on=day, channel="letter") for day in received)
    referred, closed = branch.at("referred"), branch.at("closed")
    text = shown(enter(SECRETARY).get("/cases").text)
    assert "Four cases are open. One is late and one is due within two days; the others can wait." in text
    places = [text.index(words) for words in ("Do first", late, soon, "In time", fresh, "Waiting for someone else")]
    assert places == sorted(places)
    assert (
        text.index("Waiting for someone else")
        < text.rindex(referred)
        < text.index("Just finished")
        < text.rindex(closed)
    )
    assert "by letter" in text
    assert "3 days late was due" in text


def test_an_empty_list_says_what_to_do(branch: Branch, enter: Enter) -> None:
    text = shown(enter(SECRETARY).get("/cases").text)
    assert "No case of yours is open." in text
    assert "enter it yourself with the button above" in text


def test_another_officers_finished_case_is_a_card_and_a_hidden_one_is_absent(branch: Branch, enter: Enter) -> None:
    closed, hidden = branch.at("closed"), branch.report(involves_secretary="yes")
    deputy, secretary = enter(DEPUTY), enter(SECRETARY)
    finished = shown(deputy.get("/cases?state=finished").text)
    assert closed in finished
    assert "Within the guidance" not in finished
    assert "Within the guidance" in shown(secretary.get("/cases?state=finished").text)
    assert hidden in deputy.get("/cases").text
    assert hidden not in secretary.get("/cases").text + secretary.get("/cases?state=all").text


def test_a_declaration_that_waits_is_asked_of_the_other_officer(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="possible")
    text = shown(enter(DEPUTY).get("/cases").text)
    assert text.index("Asked of you") < text.index(reference)
    assert "Wait for another officer to decide" in shown(enter(SECRETARY).get("/cases").text)


def test_filters_and_a_reference_as_it_was_typed(branch: Branch, enter: Enter) -> None:
    arrived, acknowledged = branch.report(), branch.at("acknowledged")
    client = enter(SECRETARY)
    text = shown(client.get("/cases?state=acknowledged&kind=&overdue=").text)
    assert acknowledged in text
    assert arrived not in text
    assert "No case fits." in client.get("/cases?overdue=yes").text
    assert client.get(f"/cases?q={arrived.lower()}").headers["location"] == f"/cases/{arrived}"
    wrong = client.get("/cases?q=hello")
    assert wrong.status_code == 422
    assert "Check the reference" in wrong.text


def test_many_cases_come_in_pages_and_each_once(branch: Branch, enter: Enter) -> None:
    days = [(clock.today() - timedelta(days=number % 5)).isoformat() for number in range(60)]
    references = {branch.report(by=SECRETARY, received_on=day, channel="letter") for day in days}
    client = enter(SECRETARY)
    first = client.get("/cases").text
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).text
    found = [{one for one in references if one in page} for page in (first, second)]
    assert (len(found[0]), len(found[1])) == (50, 10)
    assert found[0] | found[1] == references
    assert "60 cases are open." in first
    assert client.get("/cases?after=nonsense").status_code == 422


def test_auditors_get_a_list_and_others_nothing(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    text = enter(AUDITOR).get("/cases").text
    assert reference in text
    assert "Enter a paper report" not in text
    assert enter(ADMINISTRATOR).get("/cases").status_code == 403
    assert branch.client().get("/cases").headers["location"].startswith("/sign-in")
