"""An auditor compares the record with what last year's minutes say, and the answer is in words."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from freezegun import freeze_time
from starlette.testclient import TestClient

from app import clock
from app.audit.checkpoints import Checkpoint, code_of, cosign, read_note, sign
from app.audit.notes import Signer
from app.errors import Invalid
from app.oversight import comparing
from tests.audit.record import by_owner
from tests.branch import ADMINISTRATOR, AUDITOR, SECRETARY, Branch
from tests.cli.computers import newest
from tests.web.conftest import Enter, Form, shown


@pytest.fixture
def minutes(branch: Branch) -> tuple[str, int, str]:
    """A checkpoint with its size and code, and a record that grew after it."""
    branch.at("acknowledged")
    with freeze_time(clock.now() + timedelta(seconds=20)):  # not the one of the first second, of one entry
        note = newest(branch)
    checkpoint = read_note(note, branch.home.log.folder.verifiers()).checkpoint
    with freeze_time(clock.now() + timedelta(minutes=1)):
        branch.report()
        branch.home.log.catch_up()
    return note, checkpoint.size, code_of(checkpoint.root)


def said(branch: Branch, enter: Enter, **typed: str) -> str:
    return answered(branch, enter(AUDITOR), **typed)


def said_twice(branch: Branch, enter: Enter, **typed: str) -> str:
    """Where the same is sent once more from the page that answered."""
    client = enter(AUDITOR)
    page = client.post("/integrity/compare", data=typed).text
    number = page.split('action="/integrity/compare"')[0].count("<form") - 1
    return answered(branch, client, **{name: one for name, [one] in Form(page, number).filled().items()})


def answered(branch: Branch, client: TestClient, **typed: str) -> str:
    answer = client.post("/integrity/compare", data=typed)
    assert answer.status_code == 200
    assert branch.events()
    return shown(answer.text)


def test_the_code_is_eight_groups_and_fits(branch: Branch, enter: Enter, minutes: tuple[str, int, str]) -> None:
    _, size, code = minutes
    assert [len(group) for group in code.split()] == [5] * 8
    words = said(branch, enter, size=f"{size:,}", code=code.upper())
    assert (
        f"Yes. The {size:,} entries of that time are all in the present record, unchanged and in their order" in words
    )
    assert "came after them" in words
    assert branch.events().count("checkpoint_compared") == 1
    assert f"Last comparison with an earlier code {clock.today().day}" in words


def test_one_wrong_sign_does_not_fit(branch: Branch, enter: Enter, minutes: tuple[str, int, str]) -> None:
    note, size, code = minutes
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    assert f"No. The first {size:,} entries are not those" in said(branch, enter, size=str(size), code=wrong)
    assert "eight groups of five digits" in said(branch, enter, size=str(size), code=code[:-1])
    assert "Write the number of entries in figures" in said(branch, enter, size="many", code=code)
    damaged = note.replace(note.split("\n")[2][:4], "AAAA")
    assert "copied wrongly" in said(branch, enter, note=damaged)
    assert f"No. That code speaks of {size + 9000:,} entries" in said(branch, enter, size=str(size + 9000), code=wrong)


def test_what_is_no_checkpoint_is_not_written_down(branch: Branch, enter: Enter, minutes: tuple[str, int, str]) -> None:
    note, size, code = minutes
    slips = (
        {"note": "hello"},
        {"note": note.replace(note.split("\n")[2][:4], "AAAA")},
        {"note": note.replace("/log", "/other")},
        {"size": str(size), "code": code[:-1]},
        {"size": "many", "code": code},
    )
    for typed in slips:
        assert "Last comparison with an earlier code None yet" in said(branch, enter, **typed)
    assert "checkpoint_compared" not in branch.events()


def test_a_typed_code_that_does_not_fit_counts_once_it_was_looked_at_again(
    branch: Branch, enter: Enter, minutes: tuple[str, int, str]
) -> None:
    """A digit is soon mistyped, and a number of entries that is never reached would be an alarm for ever."""
    _, size, code = minutes
    for typed in ({"size": str(size * 1000), "code": code[::-1]}, {"size": str(size), "code": code[::-1]}):
        words = said(branch, enter, **typed)
        assert "No. " in words
        assert "It is not written down yet" in words
        assert "Last comparison with an earlier code None yet" in words
    assert "checkpoint_compared" not in branch.events()
    other = said(branch, enter, size=str(size), code=code[::-1], again=f"{size} {code}")
    assert "It is not written down yet" in other  # another code than the one before is not the same twice
    words = said_twice(branch, enter, size=str(size), code=code[::-1])
    assert "It is not written down yet" not in words
    assert "it did not fit" in words
    assert branch.events().count("checkpoint_compared") == 1


def test_a_number_with_a_digit_too_many_is_no_alarm_however_often_it_is_sent(
    branch: Branch, enter: Enter, minutes: tuple[str, int, str]
) -> None:
    _, size, code = minutes
    words = said_twice(branch, enter, size=f"{size}0", code=code)
    assert f"That code is the one of the first {size:,} entries" in words
    assert f"the number you gave is {size * 10:,}" in words
    assert "checkpoint_compared" not in branch.events()
    assert "Last comparison with an earlier code None yet" in words


def test_a_code_of_entries_that_are_gone_is_an_alarm_though_its_checkpoint_is_stored(
    branch: Branch, enter: Enter, minutes: tuple[str, int, str]
) -> None:
    """What an attacker would gain: nothing, since the entries themselves must give that code."""
    _, size, code = minutes
    by_owner(branch.home.db, "UPDATE log_hash SET hash = ? WHERE idx = 0", bytes(32))
    words = said_twice(branch, enter, size=f"{size}0", code=code)
    assert "No. That code speaks of" in words
    assert "it did not fit" in words


def test_a_code_is_taken_as_people_write_it_and_nothing_is_no_number(
    branch: Branch, enter: Enter, minutes: tuple[str, int, str]
) -> None:
    _, size, code = minutes
    between = ("-", "", "\u00a0", "\u200b", ", ", " / ", "_", "\u2009\u00b7\u2009", "\n")
    wide = code.translate({ord("0") + one: 0xFF10 + one for one in range(10)})
    for written in (*(code.replace(" ", one) for one in between), f" {code}. ", f"\u201c{code}\u201d\u200f", wide):
        found = comparing_code(branch, size, written)
        assert found.same, (written, found.words)
    for typed in (f" {size} ", f"{size:,}\u00a0", f"\u200b{size}."):
        assert f"Yes. The {size:,} entries" in said(branch, enter, size=typed, code=code)
    for wrong, why in ((f"{code} 12345", "here are 45"), (code[6:], "here are 35"), ("", "nothing else")):
        assert why in no_code(branch, size, wrong)
    for wrong in (code.replace(code[0], "O"), code.replace(code[0], "\u0661"), code.replace(code[0], "l")):
        assert "and nothing else" in no_code(branch, size, wrong)
    groups = code.split()
    swapped = comparing_code(branch, size, " ".join([groups[1], groups[0], *groups[2:]]))
    assert (swapped.same, "or a digit was copied wrongly" in swapped.words) == (False, True)
    assert "Write the number of entries in figures" in said(branch, enter, size="0", code=code)


def no_code(branch: Branch, size: int, wrong: str) -> str:
    with pytest.raises(Invalid) as refused:
        comparing_code(branch, size, wrong)
    return refused.value.errors[0].message


def comparing_code(branch: Branch, size: int, code: str) -> comparing.Compared:
    with branch.home.db.read() as session:
        return comparing.with_code(session, size, code)


def test_the_morning_mail_is_pasted_as_it_came(branch: Branch, enter: Enter, minutes: tuple[str, int, str]) -> None:
    """Whole, quoted, wrapped, as the source of the mail: which of its lines count is nobody's business to know."""
    note, size, _ = minutes
    mail = f"Keep this mail.\n\nEntries: {size}\nCode: 1\n\n{note}\nThis comes once a day.\n"
    quoted = "".join(f"> {line}\r\n" for line in mail.split("\n"))
    headers = "".join(f"X-Seal-{number}: {'s' * 60}\n" for number in range(500))
    source = EmailMessage()
    source.set_content(mail, cte="quoted-printable")
    for pasted in (mail, quoted, f"{headers}{source}"):
        assert f"Yes. The {size:,} entries" in said(branch, enter, note=pasted)
    later = newest(branch)
    assert "more than one checkpoint" in said(branch, enter, note=f"{mail}\n{later}")
    assert "No checkpoint was found in this" in said(branch, enter, note=note.partition("\n\n")[0])
    damaged = quoted.replace(note.split("\n")[2][:4], "AAAA")
    assert "copied wrongly" in said(branch, enter, note=damaged)
    assert branch.events().count("checkpoint_compared") == 3


def test_the_present_checkpoint_of_this_computer_is_no_code_from_elsewhere(branch: Branch, enter: Enter) -> None:
    enter(AUDITOR)
    branch.report()
    own = newest(branch)
    words = said(branch, enter, note=own)
    assert "It is the newest that this computer signed itself" in words
    assert "Last comparison with an earlier code None yet" in words
    signed = read_note(own, branch.home.log.folder.verifiers()).checkpoint
    assert "It is the newest that" in said(branch, enter, size=str(signed.size), code=signed.code)


def test_a_mismatch_stays_until_as_much_fits(branch: Branch, enter: Enter, minutes: tuple[str, int, str]) -> None:
    _, size, code = minutes
    later = read_note(newest(branch), branch.home.log.folder.verifiers()).checkpoint
    with freeze_time(clock.now() + timedelta(minutes=3)):
        branch.report()
        newest(branch)
    bad = ("0" if later.code[0] != "0" else "1") + later.code[1:]
    told = f"Last comparison with an earlier code {clock.today().day}"
    assert "it did not fit" in said_twice(branch, enter, size=str(later.size), code=bad)
    assert "it did not fit" in said(branch, enter, size=str(size), code=code)
    assert "it did NOT fit" in shown(enter(AUDITOR).get("/integrity/statement").text)
    words = said(branch, enter, size=str(later.size), code=later.code)
    assert told in words
    assert "it did not fit" not in words


def test_a_code_that_no_key_of_ours_signed_is_a_mismatch(
    branch: Branch, enter: Enter, minutes: tuple[str, int, str]
) -> None:
    checkpoint = read_note(minutes[0], branch.home.log.folder.verifiers()).checkpoint
    stranger = sign(checkpoint, [Signer.make(checkpoint.origin)])
    assert "it did not fit" in said(branch, enter, note=stranger)


def test_a_whole_checkpoint_and_a_witness_are_told(branch: Branch, enter: Enter, minutes: tuple[str, int, str]) -> None:
    note, size, _ = minutes
    seen = cosign(note, Signer.make("witness.example/one"), 1_790_000_000)
    words = said(branch, enter, note=seen)
    assert f"Yes. The {size:,} entries" in words
    assert "one other key had signed it" in words


def test_a_rewritten_record_does_not_fit(branch: Branch, enter: Enter, minutes: tuple[str, int, str]) -> None:
    _, size, code = minutes
    by_owner(
        branch.home.db,
        "UPDATE log_hash SET hash = (SELECT hash FROM log_hash WHERE idx = 3) WHERE idx = 1",
    )
    assert "No. The first" in said(branch, enter, size=str(size), code=code)


@pytest.mark.parametrize("email", [ADMINISTRATOR, SECRETARY])
def test_codes_are_for_auditors(branch: Branch, enter: Enter, email: str, minutes: tuple[str, int, str]) -> None:
    client = enter(email)
    assert client.post("/integrity/compare", data={"size": "1", "code": minutes[2]}).status_code == 403
    page = client.get("/integrity")
    assert page.status_code == (200 if email == ADMINISTRATOR else 403)
    assert "Compare with an earlier code" not in page.text
    assert "Code of that signature" not in page.text


def test_what_happened_to_the_whole_record_is_listed(branch: Branch, enter: Enter) -> None:
    client = enter(ADMINISTRATOR)
    said = shown(client.get("/integrity").text)
    assert "No copy was made or restored" in said
    assert "Times the clock was set back Never" in said
    reference = branch.report()
    with freeze_time(clock.now() - timedelta(minutes=1)):
        branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    page = shown(client.get("/integrity").text)
    assert "Times the clock was set back One" in page or "Times the clock was set back Two" in page
    assert "letter that was thrown away before it was entered" in page


def test_what_the_log_s_own_key_signed_is_read_however_large_or_small(
    branch: Branch, enter: Enter, minutes: tuple[str, int, str]
) -> None:
    """A thief of the key can sign any number: none ends in an error, or says more than it shows."""
    [signer], root = branch.home.log.folder.signers(), bytes(32)
    for size, words in (
        (10**17, "No checkpoint was found in this"),
        (10**15 - 1, "at least"),
        (0, "is of an empty log: it shows nothing"),
    ):
        assert words in said(branch, enter, note=sign(Checkpoint(signer.name, size, root), [signer]))
    assert branch.events().count("checkpoint_compared") == 1


def test_a_size_that_no_log_has_is_no_alarm_without_end(
    branch: Branch, enter: Enter, minutes: tuple[str, int, str]
) -> None:
    """Anybody can hand an auditor such a text: nothing as large would ever fit."""
    origin, _, root, _ = minutes[0].split("\n", 3)
    for size, answer in ((10**14, "This is not a checkpoint"), (10**17, "No checkpoint was found")):
        text = f"{origin}\n{size}\n{root}\n"
        note = f"{text}\n{Signer.make('somebody.example/log').line(text)}"
        assert answer in said(branch, enter, note=note)
    assert "did not fit" in said(branch, enter)
    later = clock.now() + timedelta(minutes=2)
    with freeze_time(later):
        branch.report()
        branch.home.log.catch_up()
        kept = newest(branch)
    with freeze_time(later + timedelta(minutes=1)):
        branch.report()
        branch.home.log.catch_up()
        assert "Yes. The" in said(branch, enter, note=kept)
        assert "did not fit" not in said(branch, enter)
