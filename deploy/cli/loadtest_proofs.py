"""`scanstream loadtest generator` and `control`: whether the load test itself can be believed."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deploy.cli.loadtest_suite import INTERRUPTED, own_system
from deploy.cli.options import settings_from, settings_options
from deploy.user_error import UserError
from loadtest import report
from loadtest.check import check_feed
from loadtest.drain import NotDrained
from loadtest.expected import Undecidable
from loadtest.offsets import CouldNotCheck
from loadtest.profile import steady
from loadtest.suite.controls import controls, try_controls
from loadtest.suite.generator_proof import GeneratorProof
from loadtest.suite.measure import Measurement, scenario_start_ms
from loadtest.suite.plans import load_plan, scenario_of
from loadtest.suite.repeat import OpenSystem, running_system
from loadtest.suite.results import result, timings
from loadtest.suite.spec import Bounds, Spec
from loadtest.suite.verdict import Verdict, judge
from loadtest.suite.view import LiveView, View

_json = click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
_PARTITIONS = 4
_settings = settings_options("data_dir", "log_level")


@click.command(name="generator")
@click.option(
    "--rate",
    "rates",
    type=click.FloatRange(min=10),
    multiple=True,
    default=(5_787.0, 57_870.0, 120_000.0),
    show_default=True,
    help="Events a second; may be repeated.",
)
@click.option(
    "--seconds", type=click.FloatRange(min=1), default=15.0, show_default=True, help="How long, at each rate."
)
@click.option(
    "--at-once",
    "at_once_events",
    type=click.IntRange(min=1_000),
    default=3_000_000,
    show_default=True,
    help="Events due at 1,000,000 a second: what the generator and the broker can do at most.",
)
@_json
@_settings
def generator(
    *, rates: tuple[float, ...], seconds: float, at_once_events: int, json_file: Path | None, **flags: object
) -> None:
    """Publish to a broker nobody reads from: how late the generator is by itself, and what it costs."""

    def prove(open_system: OpenSystem, directory: Path, view: View) -> dict[str, Any]:
        with open_system(_spec(rate=1.0, seconds=1.0)) as system:
            proof = GeneratorProof(system=system, partitions=_PARTITIONS, seed=1, directory=directory, view=view)
            return proof.run(rates=rates, seconds=seconds, at_once_events=at_once_events)

    found = _on_own_system(flags, prove)
    report.write(json_file, found)
    click.echo(report.as_text(found))


@click.command(name="control")
@click.option("--rate", type=click.FloatRange(min=100), default=2_000.0, show_default=True, help="Events a second.")
@click.option("--seconds", type=click.FloatRange(min=1), default=15.0, show_default=True, help="How long to publish.")
@_json
@_settings
def control(*, rate: float, seconds: float, json_file: Path | None, **flags: object) -> None:
    """Spoil what a real run has landed, as a broken product would, and see that the verdict fails each time.

    Exit code 0: all were caught. 1: one was not. 2: it could not be checked. 130: Ctrl-C.
    """

    def spoil(open_system: OpenSystem, directory: Path, view: View) -> dict[str, Any]:
        return _spoil(open_system, _spec(rate=rate, seconds=seconds), directory, view)

    found = _on_own_system(flags, spoil)
    report.write(json_file, found)
    click.echo(report.as_text(found))
    sys.exit(0 if found["caught"] == len(found["controls"]) else 1)


def _spoil(open_system: OpenSystem, spec: Spec, directory: Path, view: View) -> dict[str, Any]:
    view.title("control")
    with running_system(open_system, spec, view=view) as (system, fleet):
        plan = load_plan(spec, name="control", rates=spec.rates, seed=spec.seed)
        scenario = scenario_of(spec, plan, start_ms=scenario_start_ms(plan.profile.events))
        measured = Measurement(system, fleet, plan, scenario, directory=directory, view=view, faults={}).run()
        if measured.expected is None:
            raise CouldNotCheck(measured.problem)
        expected, figures = measured.expected, result(measured, timings(measured))

        def verdict() -> Verdict:
            feeds = [check_feed(system, measured.run, expected)]
            return judge({**figures, **report.outcome(feeds)}, Bounds())

        caught = try_controls(system.clickhouse(), controls(measured.run.feed, expected), judge=verdict, say=view.say)
    return {
        "published": figures["published"],
        "seed": spec.seed,
        "payload_bytes": figures["payload_bytes"],
        "machine": report.machine(),
        "versions": report.versions(),
        "caught": sum(each.is_caught for each in caught),
        "controls": [
            {"name": each.control, "verdict": each.verdict.outcome, "reasons": list(each.verdict.reasons)}
            for each in caught
        ],
    }


def _on_own_system(flags: dict[str, object], do: Callable[[OpenSystem, Path, View], dict[str, Any]]) -> dict[str, Any]:
    settings = settings_from(flags)
    with tempfile.TemporaryDirectory(prefix="loadtest-bytes-") as directory, LiveView() as view:
        try:
            return do(own_system(settings), Path(directory) / "bytes", view)
        except (CouldNotCheck, NotDrained, Undecidable) as problem:
            raise UserError(f"It could not be checked: {problem}.") from problem
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)


def _spec(*, rate: float, seconds: float) -> Spec:
    rates = steady(rate=rate, seconds=seconds)
    return Spec(title="Proof", about="", profile=list(rates.points), warm_up_seconds=0.0)
