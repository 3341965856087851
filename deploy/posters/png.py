"""Draw a sheet as PNG, 300 dots an inch: what a printer prints."""

from functools import cache, singledispatchmethod

from PIL import Image, ImageDraw, ImageFont

from deploy.posters.font import font_file, width_of
from deploy.posters.sheet import Box, Code, Shape, Sheet, Weight, Words

DOTS_PER_INCH = 300
_DOTS = DOTS_PER_INCH / 25.4


def as_image(sheet: Sheet) -> Image.Image:
    """Return the sheet as an image in colour."""
    image = Image.new("RGB", (round(sheet.width * _DOTS), round(sheet.height * _DOTS)), "white")
    pen = _Pen(image)
    for shape in sheet.shapes:
        pen.draw(shape)
    return image


class _Pen:
    def __init__(self, image: Image.Image) -> None:
        self._on = ImageDraw.Draw(image)
        self._image = image

    @singledispatchmethod
    def draw(self, shape: Shape) -> None:
        raise NotImplementedError(type(shape).__name__)

    @draw.register
    def _(self, box: Box) -> None:
        corners = (box.x, box.y, box.x + box.width, box.y + box.height)
        left, top, right, bottom = (round(side * _DOTS) for side in corners)
        self._on.rounded_rectangle((left, top, right - 1, bottom - 1), radius=box.radius * _DOTS, fill=box.fill)

    @draw.register
    def _(self, words: Words) -> None:
        left = words.x - (width_of(words.text, size=words.size, weight=words.weight) / 2 if words.centred else 0)
        font = _font(words.weight, round(words.size * _DOTS))
        self._on.text((left * _DOTS, words.y * _DOTS), words.text, font=font, fill=words.fill, anchor="ls")

    @draw.register
    def _(self, code: Code) -> None:
        """Draw modules of a whole number of dots, so that all are the same size."""
        count = len(code.modules)
        dots = int(code.size * _DOTS / count)
        light = Image.frombytes("L", (count, count), bytes(0 if dark else 255 for row in code.modules for dark in row))
        spare = (code.size * _DOTS - count * dots) / 2
        corner = (round(code.x * _DOTS + spare), round(code.y * _DOTS + spare))
        self._image.paste(light.resize((count * dots, count * dots), Image.Resampling.NEAREST), corner)


@cache
def _font(weight: Weight, dots: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_file(weight), dots, layout_engine=ImageFont.Layout.BASIC)
