"""Cases 2, 3 and 6 of procedure, section 10, by page with real files, and letters that a mail server really took."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app import clock
from tests.branch import CLOSING, PANEL, REFERRAL, SECRETARY
from tests.browser import plays
from tests.browser.filing import WHERE_AND_WHO, chosen, hides_nothing, mail_saying, paper_saying, saved
from tests.browser.letterbox import Post, posting
from tests.browser.live import PHONE, Web
from tests.browser.members import (
    LOG_IN,
    calls_it_banter,
    disputes_who_posted_it,
    enters,
    leaves_for_good,
    sends_the_log_in_notice,
)
from tests.browser.reviews import (
    MEMBER,
    check_trail,
    decide,
    open_review,
    reads_how_it_ended,
    reads_what_was_referred,
    recommend,
    record_finding,
    seat_the_panel,
    withhold_the_name,
)
from tests.browser.somebody import Somebody
from tests.browser.walks import (
    declare,
    denied,
    follow_report,
    hidden_from,
    is_sound,
    keep,
    open_report,
    path_of,
    refused,
    send_checked,
    send_report,
    take,
    viewers,
)
from tests.databases import EVERYWHERE, KINDS
from tests.evidence import files

pytestmark = pytest.mark.browser
ORGANISER = {"name": MEMBER, "email": "organiser@example.net", "identified": "named", "member_then": "yes"}
CLAUSES = ("3.1", "3.2a", "3.2b")
TREASURER, WRITER = "treasurer@example.net", "writer@example.net"
PHOTO = chosen("IMG_0007.jpg", files.jpeg())
CHAT = paper_saying("Fourteen messages, as exported.")
ADVICE = {"reasons": "It was not their doing. Advice at 2.5: protect the account."}
TOLD = {"reasons": "Two of three were found to have happened."}


@pytest.fixture
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """The real application with a mail server beside it, on SQLite unless the test names another database."""
    kind = getattr(request, "param", "sqlite")
    with posting(request.getfixturevalue(f"peopled_{kind}"), tmp_path_factory.mktemp("live")) as served:
        yield served


def test_a_slip_put_right(live: Post, web: Web) -> None:
    branch, secretary = live.branch, web.officer(SECRETARY)
    reference = is_telephoned_in(secretary)
    keep(secretary, reference, "risks", threat="no", child="no", vulnerable="no")
    (said,) = live.arrives(WRITER)
    assert "Thank you for telling us." in said
    assert f"The reference is {reference}." in said
    take(secretary, reference, "acknowledge")
    keep(secretary, reference, "parties", role="respondent", **ORGANISER | {"email": WRITER})
    keep(secretary, reference, "allegations", clause="3.5a", conduct="Shared a rumour for twenty minutes.")
    keep(secretary, reference, "scope-notes", in_scope="yes", note="A member.", national_route="not_needed")
    take(secretary, reference, "begin_review")
    picture = files.heic()
    keep(
        secretary,
        reference,
        "evidence",
        file=chosen("IMG_1.HEIC", picture),
        method="photo_of_paper",
        shows="What they wrote down",
    )
    mail = mail_saying("You shared this. Is it true?", post=files.jpeg())
    keep(secretary, reference, "evidence", file=chosen("re.eml", mail), method="document", shows="A friend's mail")
    secretary.go(f"/cases/{reference}/evidence")
    assert [secretary.words.count(words) for words in ("Picture (", "Mail message (")] == [1, 1]
    assert saved(secretary, "A friend's mail") == mail
    secretary.go(f"/cases/{reference}/evidence")
    assert saved(secretary, "What they wrote down") == picture
    keep(secretary, reference, "findings", result="proved", reasons="They told us themselves.")
    ending = {"outcome": "self_report_rectified", "reasons": "Deleted after twenty minutes, and put right."}
    take(secretary, reference, "close_after_review", **CLOSING | ending)
    (said,) = live.arrives(WRITER)
    assert "Thank you for coming to us of your own accord." in said
    assert "It was put right" in said
    assert "Deleted after twenty minutes, and put right." in said
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review", "closed"]
    assert branch.case(reference).outcome == "self_report_rectified"
    assert viewers(branch, reference) == {SECRETARY}
    is_sound(branch)


def is_telephoned_in(secretary: Somebody) -> str:
    """The officer writes down what is said and reads it back; without what was done about it, it is not taken."""
    secretary.go("/cases")
    secretary.follow("Enter a paper report")
    secretary.follow("I want to put something right")
    secretary.fill(involves_secretary="no", channel="oral_note", received_on=clock.today())
    secretary.press("Continue")
    secretary.fill(statement="I shared a rumour about the ward. It was gone after twenty minutes.")
    secretary.press("Continue", 422)
    assert "What have you done to put it right?" in secretary.words
    assert secretary.value("statement").startswith("I shared a rumour")
    secretary.fill(put_right__what="I deleted it and wrote that it was wrong.", put_right__worked="yes")
    secretary.press("Continue")
    secretary.fill(reporter__name=MEMBER, reporter__email=WRITER, reporter__letters_by="email")
    secretary.fill(declaration__answer="none")
    secretary.press("Continue")
    assert "Spoken, written down and read back" in secretary.words
    return send_checked(secretary)[0]


@pytest.mark.parametrize("live", KINDS if EVERYWHERE else KINDS[1:], indirect=True)
def test_bullying_upheld(live: Post, web: Web) -> None:
    branch, reporter = live.branch, web.visitor(PHONE)
    reference, code = send_report(reporter, "It happened to me", *plays.BULLYING, files=[PHOTO])
    assert "One file is kept with it: IMG_0007.jpg." in reporter.words
    secretary = web.officer(SECRETARY)
    declare(secretary, reference)
    open_review(secretary, reference, *CLAUSES, **ORGANISER)
    withhold_the_name(secretary, reference)
    sends_more(reporter, reference, code)
    serves_one_item(live, secretary, reference)
    put_to_the_member(secretary, reference, *CLAUSES)
    (notice,) = live.arrives(ORGANISER["email"])
    calls_it_banter(web.visitor(PHONE, "dark"), reference, notice)
    recommend(secretary, reference)
    assert refused(branch, secretary, reference, "refer", **REFERRAL) == {"panel_is_quorate", "panel_is_clear"}
    panel = seat_the_panel(web, secretary, reference)
    take(secretary, reference, "refer", **REFERRAL)
    live.arrives(ORGANISER["email"], TREASURER)
    for one in panel:
        reads_what_was_referred(one, reference)
    sees_what_was_served(panel[0], reference)
    hidden_from(web.officer(PANEL[3]), branch, reference)
    no_decision = {"has_panel_decision", "every_allegation_has_result"}
    assert refused(branch, secretary, reference, "close_after_panel", **TOLD) == no_decision
    decide(secretary, branch, reference, "upheld_with_measure", "posting_rights_removed", "refer_national")
    record_finding(secretary, reference, "3.1", "proved")
    record_finding(secretary, reference, "3.2a", "proved")
    assert refused(branch, secretary, reference, "close_after_panel", **TOLD) == {"every_allegation_has_result"}
    record_finding(secretary, reference, "3.2b", "not_proved")
    take(secretary, reference, "close_after_panel", **TOLD)
    both_learn_how_it_ended(live)
    assert follow_report(reporter, reference, code) == "It is finished."
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review", "referred", "closed"]
    assert branch.case(reference).outcome == "upheld_with_measure"
    assert viewers(branch, reference) == {SECRETARY, *PANEL[:3]}
    for one in panel:
        assert denied(branch, reference, one.name) == 2
        reads_how_it_ended(one, reference)
    check_trail(web, reference, *plays.BULLYING_TRAIL)
    is_sound(branch)


def sends_more(reporter: Somebody, reference: str, code: str) -> None:
    """From the phone, with the private code: the whole conversation as a PDF."""
    open_report(reporter, reference, code)
    reporter.follow("Send pictures or files")
    reporter.fill(files=[chosen("all of it.pdf", CHAT)], shows="The whole conversation")
    reporter.press("Send")
    assert "One file is kept with it: all of it.pdf." in reporter.words
    reporter.go("/my-report")
    reporter.press("Leave my report")


def serves_one_item(live: Post, secretary: Somebody, reference: str) -> None:
    """Looks at the picture, which hides nothing any more; serves it, and keeps the conversation back, with a reason."""
    secretary.go(f"/cases/{reference}/evidence")
    hides_nothing(secretary, ".ct-thumb img")
    secretary.follow("Show the picture")
    hides_nothing(secretary, ".ct-picture img")
    secretary.follow("Back to the card")
    item = secretary.path.rpartition("/")[2]
    secretary.go(f"/cases/{reference}/evidence")
    assert saved(secretary, "The whole conversation") == CHAT
    other = secretary.path.rpartition("/")[2]
    for one, more in ((item, {"authenticity": "seen_live"}), (other, {"authenticity": "uncorroborated"})):
        keep(secretary, reference, "authenticity-assessments", item=one, reason="Looked at.", **more)
    live.branch.served(reference, item)  # by page a day in the past counts from today
    keep(secretary, reference, "evidence-services", item=other, withheld_reason="It names people who have no part.")
    for one in (item, other):  # both came by code: until their cards say what they support, nothing is referred on them
        secretary.go(f"/cases/{reference}/evidence/{one}")
        secretary.follow("Complete or correct the card")
        secretary.fill(supports=[*CLAUSES])
        secretary.press("Keep the correction")
    secretary.go(f"/cases/{reference}/evidence/{one}")
    assert "The card before it was corrected Written by the person who told us" in secretary.words


def put_to_the_member(secretary: Somebody, reference: str, *clauses: str) -> None:
    """The notice, with what it rests on."""
    today = clock.today()
    dates = {"sent_on": today, "reply_by": today + timedelta(days=14), "told_affected_on": today - timedelta(days=2)}
    listed = {"evidence_listed": "A picture of the messages", "how": "email"}
    keep(secretary, reference, "notices", allegations=[*clauses], **dates, **listed)


def sees_what_was_served(one: Somebody, reference: str) -> None:
    """The one picture, without what it hides; of the conversation that was kept back, nothing at all."""
    one.go(f"/cases/{reference}/evidence")
    assert one.page.locator("main .ct-item").count() == 1
    assert "The whole conversation" not in one.page.content()
    hides_nothing(one, ".ct-thumb img")
    one.follow("Show the picture")
    hides_nothing(one, ".ct-picture img")
    one.follow("Back to the card")
    assert "Save the file as it came" not in one.words


def both_learn_how_it_ended(live: Post) -> None:
    """Each gets a letter of their own; nothing that ever reached the member tells who reported it."""
    member, affected = live.arrives(ORGANISER["email"], TREASURER)
    for words in (
        "3.2b Cyber-bullying: Found not to have happened",
        "Page-admin or posting rights removed",
        TOLD["reasons"],
    ):
        assert words in member
    assert "The matter is finished" in member
    assert "Your report is finished" in affected
    assert TOLD["reasons"] in affected
    assert "posting rights" not in affected
    told = live.ever_told(ORGANISER["email"])
    for hidden in ("Ward treasurer", TREASURER, "01632 960123", "afraid", "The whole conversation"):
        assert hidden.casefold() not in told.casefold()
    every = b"".join(mail.as_bytes() for mail in live.box.mails)
    assert [mark for mark in WHERE_AND_WHO if mark in every] == []


def test_a_hacked_account(live: Post, web: Web) -> None:
    branch, secretary = live.branch, web.officer(SECRETARY)
    reference = branch.report(reporter={"name": "Ward member (example)", "email": WRITER})
    declare(secretary, reference)
    open_review(secretary, reference, "3.1", **ORGANISER)
    put_to_the_member(secretary, reference, "3.1")
    (notice,) = live.arrives(ORGANISER["email"])
    member = web.visitor(PHONE, "dark")
    enters(member, reference, notice)
    for words in (
        "Nothing is decided.",
        "What the report describes.",
        "Please do not get in touch",
        "What happens next",
    ):
        assert words in member.words
    assert any(text.startswith("No insulting remarks") for text in member.texts("main details p"))
    disputes_who_posted_it(member)
    sends_the_log_in_notice(member)
    assert "attribution_is_settled" in refused(branch, secretary, reference, "refer", **REFERRAL)
    assert "Settle who posted it" in secretary.words
    secretary.go(f"/cases/{reference}/evidence")
    assert saved(secretary, "A log-in that was not mine") == LOG_IN
    assert "From the member the report is about" in secretary.words
    settled = {"basis": "A foreign log-in at 03:12.", "reasons": "More likely than not."}
    keep(secretary, reference, "attributions", finding="hacked", **settled)
    assert "attribution_is_settled" in refused(branch, secretary, reference, "refer", **REFERRAL)
    keep(secretary, reference, "findings", result="not_proved", reasons="It was not their doing.")
    take(secretary, reference, "close_after_review", **CLOSING | ADVICE)
    closing, thanks = live.arrives(ORGANISER["email"], WRITER)
    assert ADVICE["reasons"] in closing
    assert "Within the guidance" in closing
    assert ADVICE["reasons"] not in thanks
    assert WRITER not in live.ever_told(ORGANISER["email"])
    assert path_of(branch, reference) == ["received", "acknowledged", "under_review", "closed"]
    leaves_for_good(member)
    is_sound(branch)
