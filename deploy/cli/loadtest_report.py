"""`scanstream loadtest report`: a run's directory as a page, as Markdown and as pictures."""

import os
from pathlib import Path
from types import ModuleType

import click

from deploy.cli.progress import say
from deploy.user_error import UserError
from loadtest.reporting.content import content_of
from loadtest.reporting.read import CouldNotRead, joined, read_load_test

_file = click.Path(path_type=Path, dir_okay=False)
_directory = click.Path(path_type=Path, file_okay=False)


@click.command(name="report")
@click.argument("directories", type=_directory, metavar="DIRECTORY...", nargs=-1, required=True)
@click.option("--html", "page", type=_file, help="Where the page goes.  [default: report.html in the first DIRECTORY]")
@click.option(
    "--peers", type=_file, help="What `bench peers` wrote.  [default: peers.json in a DIRECTORY, if there is one]"
)
@click.option("--chaos", type=_file, help="What `loadtest chaos` wrote.  [default: chaos.json in a DIRECTORY]")
@click.option("--generator", type=_file, help="What `loadtest generator` wrote.  [default: generator.json]")
@click.option("--control", type=_file, help="What `loadtest control` wrote.  [default: control.json]")
@click.option("--markdown", type=_file, help="Also write a summary for the repository, with pictures beside it.")
@click.option("--png", "pictures", type=_directory, help="Also write all plots there; those of --markdown, too.")
def command(
    *,
    directories: tuple[Path, ...],
    page: Path | None,
    markdown: Path | None,
    pictures: Path | None,
    **files: Path | None,
) -> None:
    """Turn the DIRECTORY of a load test, whole or interrupted, into one HTML file.

    Several directories, of runs on one machine, become one report. Exit code 2: a directory could not be read.
    """
    directory = directories[0]
    try:
        beside = {name: file for name, file in files.items() if file is not None}
        tests = [read_load_test(each, beside=beside) for each in directories]
        prefixes = [_way(directory, each) for each in directories]
        content = content_of(joined(tests, prefixes))
    except CouldNotRead as problem:
        raise UserError(f"{problem}.") from problem
    write = _writer()
    page = page or directory / "report.html"
    write.write_page(content, page, directory=directory)
    say(f"wrote {page}")
    if markdown is not None:
        shown = write.write_markdown(content, markdown, pictures=pictures or markdown.with_suffix(""))
        say(f"wrote {markdown} and its {len(shown)} pictures")
    if pictures is not None:
        say(f"wrote {len(write.write_pictures(content, pictures))} pictures to {pictures}")


def _way(start: Path, directory: Path) -> str:
    """Return what leads from one directory to another, with a slash at its end; empty where they are the same."""
    relative = Path(os.path.relpath(directory.resolve(), start.resolve())).as_posix()
    return "" if relative == "." else f"{relative}/"


def _writer() -> ModuleType:
    """Return what writes files; raise UserError where only the product is installed, which draws nothing."""
    try:
        from loadtest.reporting import write  # noqa: PLC0415 -- matplotlib takes two seconds to import
    except ImportError as problem:
        raise UserError(f"Reports need matplotlib and Jinja, which make setup installs: {problem}.") from problem
    return write
