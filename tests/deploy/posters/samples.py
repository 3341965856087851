"""Places for posters, and a camera for what was drawn."""

import re

import zxingcpp
from PIL import Image

from deploy.places import Place
from schemas.enums import Category


def place(place_id: int, name: str, *, category: Category = Category.MARKET, commune_code: int = 0) -> Place:
    """Return a place as the register has it."""
    return Place(
        {
            "place_id": place_id,
            "name": name,
            "category": category.name,
            "department": "SCT",
            "commune_code": commune_code,
            "capacity": 0,
            "mandate_ref": "1324/BTTTT-THH",
            "owner_unit": "",
            "owner_head_role": "",
        }
    )


def scanned(image: Image.Image) -> list[str]:
    """Return the text of each code that is seen in an image."""
    return [found.text for found in zxingcpp.read_barcodes(image)]


def code_in(svg: str) -> Image.Image:
    """Return the QR code of an SVG poster, drawn from its path: rectangles one module high."""
    found = re.search(r'<path class="qr" [^>]* d="([^"]+)"', svg)
    assert found
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", found[1])]
    assert "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in runs) == found[1]
    side = max(y for _, y, _ in runs) + 1
    image = Image.new("L", (side + 8, side + 8), 255)
    for x, y, length in runs:
        image.paste(0, (x + 4, y + 4, x + 4 + length, y + 5))
    return image.resize((8 * (side + 8), 8 * (side + 8)), Image.Resampling.NEAREST)
