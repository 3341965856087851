"""From a scenario file to what a repetition does. Pure."""

from dataclasses import replace

from msgspec import structs

from loadtest.profile import Profile
from loadtest.scenario import Offline, Scenario, Shares
from loadtest.suite.measure import LoadPlan
from loadtest.suite.spec import Spec
from schemas.kinds import feed_by_name

_SEEDS_A_REPEAT = 1_000


def seed_of(spec: Spec, *, repeat: int) -> int:
    """Return the seed of a repetition, counted from 1: other events each time, the same ones in every run."""
    return spec.seed + _SEEDS_A_REPEAT * (repeat - 1)


def shortened(spec: Spec, share: float) -> Spec:
    """Return the scenario with all its times, or its backlog, times `share`."""
    return structs.replace(
        spec,
        warm_up_seconds=spec.warm_up_seconds * min(1.0, share),
        profile=[(second * share, rate) for second, rate in spec.profile],
        offline=spec.offline
        and structs.replace(
            spec.offline,
            from_second=spec.offline.from_second * share,
            until_second=spec.offline.until_second * share,
        ),
        search=spec.search and structs.replace(spec.search, step_seconds=spec.search.step_seconds * share),
        backlog=spec.backlog and structs.replace(spec.backlog, events=max(1_000, round(spec.backlog.events * share))),
        fault=[
            structs.replace(
                fault,
                at_seconds=fault.at_seconds * share,
                seconds=fault.seconds and fault.seconds * share,
            )
            for fault in spec.fault
        ],
    )


def load_plan(spec: Spec, *, name: str, rates: Profile, seed: int) -> LoadPlan:
    """Return what a repetition does at these rates, the warm-up put before them."""
    return LoadPlan(
        name=name,
        profile=rates.after(seconds=spec.warm_up_seconds),
        warm_up_seconds=spec.warm_up_seconds,
        drain_seconds=spec.drain_seconds,
        look_seconds=spec.look_milliseconds / 1_000,
        seed=seed,
        faults=tuple(spec.fault),
        analysts=spec.analysts,
    )


def scenario_of(spec: Spec, plan: LoadPlan, *, start_ms: int) -> Scenario:
    """Return the events of a plan."""
    return Scenario(
        events=plan.profile.events,
        span_seconds=plan.profile.seconds,
        profile=plan.profile,
        start_ms=start_ms,
        feed=feed_by_name(spec.feed),
        partitions=spec.partitions,
        seed=plan.seed,
        shares=replace(Shares(), **spec.shares),
        scans_per_person=spec.scans_per_person,
        hot_place=spec.hot_place,
        offline=_offline(spec),
    )


def _offline(spec: Spec) -> Offline | None:
    table = spec.offline
    if table is None:
        return None
    return Offline(
        share=table.share,
        hours=table.hours,
        from_second=table.from_second + spec.warm_up_seconds,
        until_second=table.until_second + spec.warm_up_seconds,
    )
