"""A receipt checks itself in a browser that is offline, from a saved file; a changed one is refused in plain words."""

import time
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.audit import receipts
from tests.audit.damaged_receipts import agrees, another_log, damaged, resealed
from tests.browser.live import PATIENCE, PHONE, Live, Peopled, Web, staffed_and_served
from tests.browser.somebody import Somebody
from tests.browser.walks import send_checked

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
SOUND, CHANGED = "This receipt is sound.", "Something in this receipt was changed after it was given out."


def save(web: Web, file: Path) -> Path:
    """A receipt as its reporter saves it; on PostgreSQL or right after another signature the proof needs a moment."""
    reporter = web.visitor(PHONE)
    reporter.go("/report/social-media-conduct/self")
    answers: tuple[dict[str, Any], ...] = (
        {"involves_secretary": "no"},
        {"statement": "I shared a rumour that was not true.", "put_right__what": "Deleted it."},
        {"reporter__name": "Ward member (example)"},
    )
    for page in answers:
        reporter.fill(**page)
        reporter.press("Continue")
    send_checked(reporter)
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        with reporter.page.expect_download() as download:
            reporter.press("Save the receipt")
        download.value.save_as(file)
        if receipts.document_in(file.read_text())["entries"][0]["proof"]:
            return file
        time.sleep(0.2)  # the log signs once a second
    raise AssertionError("it was never signed")


@pytest.fixture(scope="module")
def kept(peopled_sqlite: Peopled, browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> str:
    """What stands in such a file, for whoever needs no more of the branch that gave it."""
    folder = tmp_path_factory.mktemp("kept")
    with staffed_and_served(peopled_sqlite, folder) as served, Web(served, browser) as web:
        return save(web, folder / "receipt.html").read_text()


@pytest.fixture
def saved(kept: str, tmp_path: Path) -> Path:
    """The file, the test's own."""
    file = tmp_path / "receipt.html"
    file.write_text(kept)
    return file


def verdict(browser: "Browser", file: Path, complaints: list[str]) -> tuple[str, str]:
    """What the file says of itself, opened from disk by a browser without a network."""
    with browser.new_context(offline=True, viewport={"width": PHONE, "height": 800}) as context:
        one = Somebody(context.new_page(), complaints)
        one.page.goto(file.as_uri())
        found = one.page.locator("#verdict[data-kind]:not([data-kind=''])")
        found.wait_for()
        return str(found.get_attribute("data-kind")), found.inner_text()


def test_from_a_saved_file_offline(browser: "Browser", saved: Path) -> None:
    complaints: list[str] = []
    kind, words = verdict(browser, saved, complaints)
    assert (kind, words.startswith(SOUND)) == ("sound", True)
    text = saved.read_text()
    shown = ('<p id="said">', '<code id="keys">', '<code id="origin">')
    for place, part in enumerate(('"entry":"', '"salt":"', '"proof":"', '"reference":"', '"keys":["', *shown)):
        at = text.index(part) + len(part) + 5
        broken = saved.with_name(f"{place}.html")
        broken.write_text(text[:at] + ("b" if text[at] != "b" else "c") + text[at + 1 :])
        kind, words = verdict(browser, broken, complaints)
        assert (part, kind) == (part, "wrong")
        assert words.startswith(CHANGED)
    assert complaints == []


CHECK = """async ([content]) => {
  const choice = new DataTransfer(), verdict = document.getElementById("verdict");
  choice.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], "receipt.html"));
  document.getElementById("receipt").files = choice.files;
  verdict.dataset.kind = "";
  document.getElementById("check-receipt").requestSubmit();
  while (!verdict.dataset.kind) await new Promise((next) => setTimeout(next));
  return [verdict.dataset.kind, verdict.textContent];
}"""


def test_the_page_says_of_every_damage_what_the_command_says(live: Live, web: Web, tmp_path: Path) -> None:
    """One load of the page; tests/cli holds the same table against the command."""
    one, page = web.visitor(), save(web, tmp_path / "receipt.html").read_text()
    one.go("/receipt")

    def say(content: bytes) -> tuple[str, str]:
        kind, words = one.page.evaluate(CHECK, [b64encode(content).decode()])
        return str(kind), str(words)

    assert agrees(page, say) == []
    assert say(another_log(page, "127.0.0.1:8000/log"))[0] == "wrong"


def test_a_file_that_was_changed_says_so_itself(browser: "Browser", saved: Path) -> None:
    """Also where it was opened and saved by a browser before, and where words stand beside it that nobody signed."""
    page = saved.read_text()
    for name, due in (
        ("CRLF", "sound"),
        ("with an earlier verdict", "sound"),
        ("saved by a browser", "sound"),
        ("a sentence more", "wrong"),
        ("text after it", "wrong"),
        ("two sentences", "wrong"),
        ("two in one file", "wrong"),
    ):
        saved.write_bytes(damaged(page)[name][0])
        assert (name, verdict(browser, saved, [])[0]) == (name, due)
    for moment, said in (
        ("2026-05-12T18:40:00.000000Z", "12 May 2026 at 19:40"),
        ("2026-07-05T23:05:59.999999Z", "6 July 2026 at 00:05"),
        ("2027-01-01T00:00:00.000001Z", "1 January 2027 at 00:00"),
    ):
        sentence = f"Reference 2026-K7QFM, recorded on {said} ({moment[:19]}Z)."
        saved.write_bytes(another_log(page, "other.example/log", moment, sentence))
        assert (said, verdict(browser, saved, [])[0]) == (said, "sound")  # by the key that is in it


def test_on_the_page_without_sending_it(live: Live, web: Web, tmp_path: Path) -> None:
    saved = save(web, tmp_path / "receipt.html")
    one = web.visitor()
    one.go("/receipt")
    sent: list[str] = []
    one.page.on("request", lambda request: sent.append(request.url))
    one.page.set_input_files("#receipt", saved)
    one.page.get_by_role("button", name="Check it").click()
    one.page.locator("#verdict[data-kind=sound]").wait_for()
    assert SOUND in one.words
    document = receipts.document_in(saved.read_text())
    whole, text = document["entries"][0]["proof"], saved.read_text()
    saved.write_bytes(resealed(text, ("entries", 0, "proof"), ""))
    one.page.set_input_files("#receipt", saved)
    one.page.get_by_role("button", name="Check it").click()
    one.page.locator("#verdict[data-kind=waits]").wait_for()
    proof = saved.with_name("one.tlog-proof")
    proof.write_text(whole)
    one.page.set_input_files("#proofs", proof)
    one.page.get_by_role("button", name="Check it").click()
    one.page.locator("#verdict[data-kind=sound]").wait_for()
    proof.write_text(whole.replace("index ", "index 1"))
    one.page.set_input_files("#proofs", proof)
    one.page.get_by_role("button", name="Check it").click()
    one.page.locator("#verdict[data-kind=wrong]").wait_for()
    assert "The proof does not belong to this receipt" in one.words
    at = len(whole) - 30  # in the signature
    proof.write_text(whole[:at] + ("b" if whole[at] != "b" else "c") + whole[at + 1 :])
    one.page.set_input_files("#proofs", proof)
    one.page.get_by_role("button", name="Check it").click()
    one.page.get_by_text("The proof is not signed with the key of the log").wait_for()
    assert sent == []
    one.page.set_input_files("#proofs", [])
    one.page.get_by_role("button", name="Check it").click()
    with one.page.expect_download() as download:
        one.press("Save it again with its proof")
    assert receipts.document_in(Path(download.value.path()).read_text())["entries"][0]["proof"]


@pytest.mark.parametrize("missing", ["subtle", "Ed25519"])
def test_a_browser_that_cannot_says_so(web: Web, saved: Path, missing: str) -> None:
    one = web.visitor()
    without = {
        "subtle": "Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})",
        "Ed25519": "SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))",
    }
    one.page.add_init_script(without[missing])
    one.page.goto(saved.as_uri())
    one.page.locator("#verdict[data-kind=waits]").wait_for()
    assert "This browser cannot check" in one.page.locator("#verdict").inner_text()
    assert "newer browser" in one.page.locator("#verdict").inner_text()
