"""A checkpoint is found in whatever people keep of the morning mail, and nothing changed in it is mended."""

import textwrap
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from app.audit.checkpoints import Checkpoint, cosign, read_note, sign
from app.audit.notes import NoteWrong, Signer
from app.oversight.saved_notes import LARGEST, notes_in

LOG = Signer.make("branch.example.org/log")
NOTE = sign(Checkpoint(LOG.name, 12_345, bytes(range(32))), [LOG])
OTHER = sign(Checkpoint(LOG.name, 12_400, bytes(32)), [LOG])
MAIL = (
    f"Keep this mail.\n\nEntries: 12,345\nCode: 11111 22222\n\nPaste all of this:\n\n{NOTE}\nThis comes once a day.\n"
)
LINES = NOTE.rstrip("\n").split("\n")


def mailed(how: str, text: str = MAIL, html: bool = False) -> bytes:
    """The mail as a program saves it: `.eml`."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "branch@example.org", "auditor@example.org", "The code of today"
    if html:
        mail.set_content(f"<html><head><style>p {{}}</style></head><p>{text.replace(chr(10), '<br>')}</p></html>")
        mail.replace_header("Content-Type", 'text/html; charset="utf-8"')
        return mail.as_bytes()
    mail.set_content(text, cte=how)
    return mail.as_bytes()


def forwarded() -> bytes:
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["To"], outer["Subject"] = "auditor@example.org", "member@example.org", "Fwd: The code"
    outer.set_content("Here it is.")
    outer.add_attachment(mailed("base64"), maintype="application", subtype="octet-stream", filename="code.eml")
    return outer.as_bytes()


def each(change: Callable[[str], str], text: str = NOTE) -> bytes:
    """Each line changed."""
    return "".join(change(line) for line in text.rstrip("\n").split("\n")).encode()


KEPT = {
    "the note": NOTE.encode(),
    "the whole mail": MAIL.encode(),
    "CRLF": MAIL.replace("\n", "\r\n").encode(),
    "CR": MAIL.replace("\n", "\r").encode(),
    "quoted-printable": mailed("quoted-printable"),
    "base64": mailed("base64"),
    "8bit": mailed("8bit"),
    "HTML alone": mailed("", html=True),
    "a mail as an attachment": forwarded(),
    "quoted": each(lambda line: f"> {line}\n", MAIL),
    "quoted twice": each(lambda line: f">> {line}\n"),
    "quoted and wrapped": each(
        lambda line: f"> {textwrap.fill(line, 60, break_long_words=False)}\n".replace("\n", "\n> ")
    ),
    "broken hard": each(lambda line: f"{textwrap.fill(line, 76)}\n"),
    "indented": each(lambda line: f"\t  {line}  \r\n"),
    "an empty line after each": each(lambda line: f"{line}\n\n"),
    "no empty line": "\n".join(line for line in LINES if line).encode(),
    "one line": " ".join(LINES).encode(),
    "no break spaces": NOTE.replace("\u2014 ", "\u2014\u00a0").encode(),
    "an en dash": NOTE.replace("\u2014", "\u2013").encode(),
    "two hyphens": NOTE.replace("\u2014", "--").encode(),
    "a dash that was lost": NOTE.replace("\u2014", "?").encode(),
    "no dash": NOTE.replace("\u2014 ", "").encode(),
    "mangled UTF-8": NOTE.encode().decode("cp1252").encode(),
    "Windows-1252": NOTE.encode("cp1252"),
    "UTF-16": NOTE.encode("utf-16"),
    "UTF-8 with a mark": NOTE.encode("utf-8-sig"),
    "soft hyphens": NOTE.replace(LINES[2], f"{LINES[2][:20]}\u00ad\u200b{LINES[2][20:]}").encode(),
    "a link made of the name": NOTE.replace(f"{LOG.name}\n", f"{LOG.name} <http://{LOG.name}>\n").encode(),
    "typed HTML": NOTE.replace("\n", "<br/>\n").replace("\u2014", "&mdash;").encode(),
    "the source without its headers": mailed("quoted-printable").partition(b"\r\n\r\n")[2],
    "twice": f"{MAIL}\n> {NOTE}".encode(),
}


@pytest.mark.parametrize("how", KEPT)
def test_it_is_found(how: str) -> None:
    assert notes_in(KEPT[how]) == [NOTE]


def test_signatures_of_others_come_along() -> None:
    seen = cosign(cosign(NOTE, Signer.make("witness.example/one"), 1_790_000_000), Signer.make("two.example"), 1)
    for kept in (seen.encode(), each(lambda line: f"> {textwrap.fill(line, 70)}\n", seen), mailed("base64", seen)):
        assert notes_in(kept) == [seen]
    assert notes_in(f"{NOTE}\nand later:\n\n{seen}\n".encode()) == [seen]


def test_two_are_two() -> None:
    assert notes_in(f"{MAIL}\n> On Monday:\n{OTHER}".encode()) == [NOTE, OTHER]


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"hello",
        bytes(range(256)) * 40,
        "\n".join(LINES[:3]).encode(),
        "\n".join(LINES[1:]).encode(),
        NOTE.replace("12345", "12,345").encode(),
        NOTE.replace("12345", "012345").encode(),
        NOTE.replace("12345", "1234S").encode(),
        NOTE.upper().replace(LINES[2].upper(), LINES[2][:-1]).encode(),
        b"x" * LARGEST,
        b"1 " * (LARGEST // 2),
        b"<" * LARGEST,
        b"--a\n" * (LARGEST // 4),
    ],
    ids=range(13),
)
def test_what_is_none_is_none(kept: bytes) -> None:
    assert notes_in(kept) == []


@pytest.mark.parametrize("look_alike", ["\u043e", "0", "\uff4f"])
def test_no_sign_is_mended_into_another(look_alike: str) -> None:
    """Whatever is found is held against the signature as it stands."""
    for found in notes_in(MAIL.replace("org/log", f"org/l{look_alike}g").encode()):
        with pytest.raises(NoteWrong):
            read_note(found, [LOG.verifier()])


def test_no_character_can_change() -> None:
    for place in range(len(MAIL) - len(NOTE) - 25, len(MAIL) - 25):
        changed = MAIL[:place] + ("A" if MAIL[place] != "A" else "B") + MAIL[place + 1 :]
        for found in notes_in(changed.encode()):
            if found != NOTE:
                with pytest.raises(NoteWrong):
                    read_note(found, [LOG.verifier()])
