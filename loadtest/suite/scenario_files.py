"""Find and read scenario files: those of the package by name, any other by its path."""

import difflib
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from loadtest.suite.spec import Spec

_SUFFIX = ".toml"


class WrongScenario(ValueError):
    """There is no such scenario, or its file says something it may not; the message is one sentence."""


def names() -> list[str]:
    """Return the names of the scenarios that come with the package."""
    return sorted(each.name.removesuffix(_SUFFIX) for each in _room().iterdir() if each.name.endswith(_SUFFIX))


def read(name_or_path: str) -> tuple[str, str]:
    """Return a scenario's name and its file's text; raise WrongScenario if there is none."""
    if name_or_path.endswith(_SUFFIX):
        path = Path(name_or_path)
        try:
            return path.stem, path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise WrongScenario(f"the scenario file {path} can't be read: {problem}") from problem
    if name_or_path not in names():
        near = difflib.get_close_matches(name_or_path, names(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names())}; a file's name ends in .toml"
        raise WrongScenario(f"no scenario is called {name_or_path!r}: {hint}")
    return name_or_path, (_room() / f"{name_or_path}{_SUFFIX}").read_text("utf-8")


def parse(text: str, *, name: str) -> Spec:
    """Return what a scenario file says; raise WrongScenario for the first thing it may not say."""
    try:
        return msgspec.convert(tomllib.loads(text), Spec, strict=True)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, ValueError) as problem:
        raise WrongScenario(f"scenario {name}: {problem}") from problem


def load(name_or_path: str) -> tuple[str, str, Spec]:
    """Return a scenario's name, its file's text and what that says; raise WrongScenario."""
    name, text = read(name_or_path)
    return name, text, parse(text, name=name)


def _room() -> Traversable:
    return files("loadtest") / "scenarios"
