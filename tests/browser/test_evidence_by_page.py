"""A report with a telephone's picture, sent from a phone without scripts; its officer looks at it, and serves it."""

import pytest

from app import clock
from tests.branch import SECRETARY
from tests.browser.filing import chosen
from tests.browser.live import PHONE, Live, Web
from tests.browser.walks import declare
from tests.evidence import files

pytestmark = pytest.mark.browser
SIZE = "element => [element.complete, element.naturalWidth, element.naturalHeight]"


def test_from_the_phone_to_the_officer(live: Live, web: Web) -> None:
    one = web.visitor(PHONE, scripts=False)
    one.go("/report/social-media-conduct/target")
    one.press("Continue")
    one.fill(statement="They sent me this at night.")
    for _ in range(3):
        one.press("Continue")
    assert one.heading == "Check your answers"
    one.fill(
        files=[chosen("IMG_0001.HEIC", files.heic()), chosen("holiday.jpg", files.HTML), chosen("a.pdf", files.PDF)]
    )
    one.press("Send it")
    assert "Everything else is kept, but one file is not holiday.jpg: It is of a type that is not taken" in one.words
    assert "Two files are kept with it: IMG_0001.HEIC, a.pdf." in one.words
    reference = one.texts(".ct-code")[0]

    officer = web.officer(SECRETARY, scripts=False)
    declare(officer, reference)
    officer.go(f"/cases/{reference}/evidence")
    assert "evidence_opened" not in live.branch.events(reference)
    officer.follow("Show the picture")
    officer.page.wait_for_load_state("load")
    picture = officer.page.locator(".ct-picture img")
    assert picture.evaluate(SIZE) == [True, 96, 64]  # HEIC, which this browser cannot read by itself
    assert live.branch.events(reference).count("evidence_opened") == 1
    officer.follow("Back to the card")
    officer.follow("Look whether it is still online")
    officer.fill(checked_on=clock.today(), still_online="yes")
    officer.press("Keep this")
    item = live.branch.rows(reference, "evidence")[0].id
    assert [row.plain["item"] for row in live.branch.rows(reference, "evidence-checks")] == [item]
    officer.go(f"/cases/{reference}/evidence/{item}")
    with officer.page.expect_download() as saved:
        officer.follow("Save the file as it came")
    assert saved.value.suggested_filename.startswith("evidence-")
    assert saved.value.path().read_bytes() == files.heic()
