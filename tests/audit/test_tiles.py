"""Paths of tiles as C2SP writes them, and bundles of entries."""

import pytest

from app.audit.tiles import Tile, bundle, tile_at, tiles_of, unbundled


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("0/000", Tile(0, 0)),
        ("0/000.p/1", Tile(0, 0, 1)),
        ("63/x001/x234/067", Tile(63, 1_234_067)),
        ("1/x001/000.p/255", Tile(1, 1000, 255)),
        ("entries/273.p/112", Tile(0, 273, 112, of_entries=True)),
    ],
)
def test_a_path_and_its_tile(path: str, tile: Tile) -> None:
    assert Tile.read(path) == tile
    assert str(tile) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/0",
        "00/000",
        "100/000",
        "0/x000/001",
        "0/001/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000/",
        "-1/000",
    ],
)
def test_no_other_path_names_a_tile(path: str) -> None:
    assert Tile.read(path) is None


def test_the_tiles_of_a_tree_are_those_of_the_standard() -> None:
    names = [str(tile) for tile in tiles_of(70_000)]
    assert len([name for name in names if name.startswith("0/")]) == 274
    assert {"0/272", "0/273.p/112", "1/000", "1/001.p/17", "2/000.p/1", "entries/273.p/112"} <= set(names)
    assert [str(tile) for tile in tiles_of(256)] == ["0/000", "entries/000", "1/000.p/1"]
    assert list(tiles_of(0)) == []
    assert tile_at(0, 273, 70_000) == Tile(0, 273, 112)


def test_a_tile_is_in_a_tree_that_reaches_so_far() -> None:
    assert Tile(0, 0, 5).is_in(5)
    assert not Tile(0, 0, 6).is_in(5)
    assert not Tile(1, 0, 1).is_in(255)
    assert Tile(1, 0, 1).is_in(256)


def test_a_bundle_gives_its_entries_back() -> None:
    entries = [b"", b"one", b"x" * 65_535]
    assert unbundled(bundle(entries)) == entries
    for cut in (1, 3, 6):
        with pytest.raises(ValueError, match="in the middle"):
            unbundled(bundle(entries[1:])[:cut])
