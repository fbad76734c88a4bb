"""One person at one browser: opens pages by their links, answers questions by name, presses buttons by their words."""

import re
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page, Response

REFERENCE = re.compile(r"\b20\d\d-[0-9A-Z]{5}\b")
FOLDED = "element => !!element.closest('details:not([open])')"
KIND = """element => [element.type, !!element.closest('details:not([open])'),
  Array.from(element.options || [], (option) => [option.value, option.text])]"""
"""What kind of field it is, whether it is folded away, and the value and words of each option: asked in one go."""
WATCH = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI));
"""


class Somebody:
    """A page, and what it complained about: console errors, script faults, what the content policy stopped."""

    def __init__(self, page: "Page", complaints: list[str]) -> None:
        self.page, self.complaints, self.name, self.status = page, complaints, "visitor", 0
        page.on("console", self._hear)
        page.on("pageerror", lambda fault: complaints.append(f"{self.name} {page.url}: {fault}"))
        page.on("response", self._see)
        page.add_init_script(WATCH)

    def go(self, path: str, status: int = 200) -> None:
        """Opens an address and expects this status."""
        self.page.goto(path, wait_until="domcontentloaded")
        assert self.status == status, f"{self.name} at {path}: {self.status}, {self.words[:300]}"

    def beside(self) -> "Somebody":
        """The same person at another tab of the same browser."""
        other = Somebody(self.page.context.new_page(), self.complaints)
        other.name = self.name
        return other

    def follow(self, text: str) -> None:
        """Follows the link with these words, as a person finds it: visible, the first one."""
        self._click(self.page.locator("a").filter(has_text=text).first)

    def to(self, ending: str) -> None:
        """Follows the first link of the page whose address ends so; opens the fold it lies in."""
        self._click(self.page.locator(f'main a[href$="{ending}"]').first)

    def press(self, text: str, status: int = 200) -> None:
        """Presses the button with these words and expects the page it leads to to have this status."""
        words = re.compile(rf"^\s*{re.escape(text)}\s*$")
        self._click(self.page.locator("button:not([aria-hidden])").filter(has_text=words).first)
        assert self.status == status, f"{self.name} pressed {text}: {self.status}, {self.words[:400]}"

    def fill(self, **answers: Any) -> None:
        """Answers questions by name (`respondent__name` for respondent.name): text, choice, list of ticks, date."""
        for name, given in answers.items():
            self._answer(name.replace("__", "."), given)

    @property
    def words(self) -> str:
        """What the main part of the page says, spaces run together; what is folded away is not in it."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def heading(self) -> str:
        """The heading of the page."""
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def path(self) -> str:
        """The path and query that stand in the address line."""
        return "/" + self.page.url.split("/", 3)[3]

    def texts(self, selector: str) -> list[str]:
        """The words of everything that matches, folded or not."""
        return [" ".join(text.split()) for text in self.page.locator(selector).all_text_contents()]

    def value(self, name: str) -> str:
        """What stands in the field with this name."""
        return self.page.locator(f'main [name="{name}"]').first.input_value()

    def _answer(self, name: str, given: Any) -> None:
        fields = self.page.locator(f'main [name="{name}"]')
        kind, folded, options = fields.first.evaluate(KIND)
        if folded:
            self._open_fold(fields.first)
        if kind in ("radio", "checkbox"):
            for one in given if isinstance(given, list) else [given]:
                self._choice(name, str(one)).check()
        elif kind == "file":
            fields.first.set_input_files(given)
        elif kind == "select-one":
            found = [value for value, label in options if given in (value, label)]
            chosen = found or [value for value, label in options if str(given) in label]
            assert chosen, f"{name} offers no {given}: {options}"
            fields.first.select_option(chosen[0])
        else:
            fields.first.fill(in_words(given) if isinstance(given, date) else str(given))

    def _choice(self, name: str, value: str) -> "Locator":
        exact = self.page.locator(f'main input[name="{name}"][value="{value}"]')
        if exact.count():
            return exact.first
        return (
            self.page.locator("main .govuk-radios__item, main .govuk-checkboxes__item")
            .filter(has_text=value)
            .locator(f'input[name="{name}"]')
            .first
        )

    def _click(self, wanted: "Locator") -> None:
        if wanted.evaluate(FOLDED):
            self._open_fold(wanted)
        wanted.click()
        self.page.wait_for_load_state("domcontentloaded")  # a click waits for the answer to begin, not for its title

    def _open_fold(self, wanted: "Locator") -> None:
        wanted.locator("xpath=ancestor::details[not(@open)]/summary").first.click()

    def _see(self, response: "Response") -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.status = response.status

    def _hear(self, message: "ConsoleMessage") -> None:
        # the browser reports a page that answers 404 or 409 itself; the status of every page is asserted here
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"{self.name} {self.page.url}: {message.text}")


def in_words(day: date) -> str:
    """The day as somebody types it."""
    return f"{day.day} {day:%B %Y}"
