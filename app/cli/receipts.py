"""casetrail audit check-receipt: runs on anybody's computer, without this product's database or keys."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import Json, answering, fail, show
from app.cli.kept_files import content_of

if TYPE_CHECKING:
    from app.audit.notes import Verifier

commands = typer.Typer()


@commands.command("check-receipt")
@answering
def check_receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The receipt as it was saved.")],
    proof: Annotated[
        list[Path] | None, typer.Option("--proof", help="Its .tlog-proof, where it is not in the receipt.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="The log's public keys, one a line, from somewhere you trust.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Checks a receipt with nothing but the file and the log's public key; 0 sound, 1 not or not signed yet."""
    from app.audit import receipts
    from app.audit.entries import stamp

    try:
        document = receipts.document_in(_text(file, receipts.NOT_A_RECEIPT))
        keys = _keys(key) if key else receipts.keys_of(document)
        if key is None:
            typer.echo(
                f"Checked with the key in the receipt itself; compare it with one you have: {keys[-1]}", err=True
            )
        found = receipts.check(document, keys, [_text(one, receipts.OTHER_PROOF) for one in proof or ()])
    except receipts.ReceiptWrong as wrong:
        fail(str(wrong))
    if found.checkpoint is None:
        fail("Everything in it fits together, but the signed proof is not in it yet. It can be had at:", *found.missing)
    signed = found.checkpoint
    if as_json:
        told = {"reference": found.reference, "recorded_at": stamp(found.recorded_at)}
        show({"sound": True, **told, "origin": signed.origin, "size": signed.size})
        return
    typer.echo(
        f"The receipt is sound: recorded at {stamp(found.recorded_at)}, in {signed.origin} of {signed.size} entries."
    )


def _keys(file: Path) -> "list[Verifier]":
    from app.audit.notes import NoteWrong, read_verifier

    refused = f"{file} does not hold public keys of a log, one a line."
    try:
        return [read_verifier(line) for line in _text(file, refused).split()]
    except NoteWrong:
        fail(refused)


def _text(file: Path, refused: str) -> str:
    """What stands in a file; one that is too large for what it should be is `refused`. OSError."""
    from app.audit.receipts import LARGEST_FILE
    from app.evidence.mail_words import as_text

    content = content_of(file, LARGEST_FILE)
    if len(content) > LARGEST_FILE:
        fail(refused)
    return as_text(content, "").replace("\r\n", "\n").replace("\r", "\n")
