"""Sending and saving files by API, as officers and reporters do."""

from pathlib import Path
from typing import Any

from httpx2 import Response

from tests.branch import SECRETARY, Branch


def send(
    branch: Branch, reference: str, content: bytes, name: str = "screenshot.jpg", by: str = SECRETARY, **fields: Any
) -> Response:
    """Evidence with a file, by somebody with an account."""
    data = {"method": "handler_screenshot", **fields}
    files = {"file": (name, content, "application/octet-stream")}
    return branch.client(by).post(f"/api/v1/cases/{reference}/evidence", data=data, files=files)


def send_own(branch: Branch, reference: str, content: bytes, name: str = "mine.jpg", **fields: Any) -> Response:
    """A file from the person who told us."""
    mine = {"Authorization": f"Bearer {branch.codes[reference]}"}
    files = {"file": (name, content, "image/jpeg")}
    return branch.client().post("/api/v1/reports/mine/evidence", data=fields, files=files, headers=mine)


def save(branch: Branch, reference: str, file: str, wanted: str = "original", by: str = SECRETARY) -> Response:
    """A file of a case."""
    return branch.client(by).get(f"/api/v1/cases/{reference}/files/{file}", params={"as": wanted})


def file_of(branch: Branch, reference: str) -> str:
    """The id of the file that came last."""
    rows = [row for row in branch.rows(reference, "evidence") if row.plain.get("file")]
    return str(rows[-1].plain["file"])


def stored(branch: Branch) -> list[Path]:
    """Everything in the store of a branch, and everything that waits."""
    folder = branch.home.settings.data_dir / "files"
    return sorted(path for path in folder.rglob("*") if path.is_file())
