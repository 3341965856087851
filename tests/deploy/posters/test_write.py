"""A register's posters are files, whole or not there."""

from pathlib import Path

import pytest
from PIL import Image

from deploy.posters.write import write_posters
from deploy.user_error import UserError
from tests.deploy.posters.samples import place, scanned


def test_each_place_gets_its_file(tmp_path: Path) -> None:
    written = write_posters([place(1, "Chợ"), place(2, "Quán")], tmp_path / "new", kind="svg", base_url="")
    assert [path.name for path in written] == ["place-1.svg", "place-2.svg"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["place-1.svg", "place-2.svg"]


def test_a_png_is_printed_as_a4(tmp_path: Path) -> None:
    (path,) = write_posters([place(7, "Chợ")], tmp_path, kind="png", base_url="")
    with Image.open(path) as image:
        assert image.size == (2480, 3508)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert scanned(image.reduce(4)) == ["VNPL1.7.2549703461"]


def test_a_directory_nothing_can_be_written_to_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"Posters can't be written to .+ choose another directory with --out"):
        list(write_posters([place(1, "Chợ")], tmp_path / "file", kind="svg", base_url=""))
