"""Write the posters of a register into a directory."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.places import Place
from deploy.posters.png import DOTS_PER_INCH, as_image
from deploy.posters.poster import poster
from deploy.posters.sheet import Sheet
from deploy.posters.svg import as_svg
from deploy.user_error import UserError


def write_posters(places: Iterable[Place], directory: Path, *, kind: str, base_url: str) -> Iterator[Path]:
    """Write each place's poster as ``place-<id>.<kind>``, "svg" or "png", and yield its file when it is whole.

    The directory is made if need be. A poster that is there is replaced, so that an interrupted run is repeated. Raises
    UserError if a file can't be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for place in places:
            path = directory / f"place-{place.fields['place_id']}.{kind}"
            unfinished = path.with_suffix(".part")
            _write(unfinished, poster(place, base_url=base_url), kind=kind)
            yield unfinished.replace(path)
    except OSError as problem:
        raise UserError(
            f"Posters can't be written to {directory} ({problem.strerror}); choose another directory with --out."
        ) from None


def _write(path: Path, sheet: Sheet, *, kind: str) -> None:
    if kind == "svg":
        path.write_text(as_svg(sheet), "utf-8")
    else:
        as_image(sheet).save(path, format="png", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
