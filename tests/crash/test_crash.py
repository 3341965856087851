"""Kill, pause and scale the real processes under load: afterwards ClickHouse holds exactly the truth.

SCANSTREAM_CRASH_ROUNDS sets how many rounds (hundreds, before a release); SCANSTREAM_CRASH_SEED which ones.
"""

import os
import time
from pathlib import Path

import pytest

from deploy.local.rig import Rig
from deploy.settings import load
from loadtest.chaos import Campaign
from loadtest.chaos_world import run_chaos
from loadtest.faults import FAULTS
from loadtest.fleet import make_fleet
from loadtest.register import register
from loadtest.rounds import summary

pytestmark = [pytest.mark.crash, pytest.mark.integration]

_ROUNDS = int(os.environ.get("SCANSTREAM_CRASH_ROUNDS", "10"))
_SEED = int(os.environ.get("SCANSTREAM_CRASH_SEED", "1"))
_RATE = 1_000
_MOST_SECONDS_A_ROUND = 120
#: What can be done anywhere: no proxies, no disk, no clock.
_NAMES = [name for name, fault in FAULTS.items() if not fault.needs]


@pytest.mark.timeout(60 + _ROUNDS * _MOST_SECONDS_A_ROUND)
def test_every_row_is_the_truths_after_every_fault(tmp_path: Path) -> None:
    settings = load({}, {"port_base": 0, "gateway_port": 0, "data_dir": tmp_path, "partitions": 4})
    with Rig(settings, say=print) as rig:
        fleet = make_fleet(seed=_SEED, places=1_000)
        register(rig.kafka, fleet, updated_ms=int(time.time() * 1_000))
        rig.start_together(["worker", "sink"])
        campaign = Campaign(rounds=_ROUNDS, seed=_SEED, say=print, only=_NAMES)
        rounds = run_chaos(rig, fleet, campaign, rate=_RATE, measure_recovery=False)
    outcome = summary(rounds)
    assert outcome["differences"] == []
    assert outcome["correct_rounds"] == _ROUNDS
    assert outcome["balanced"]
    assert (outcome["lost"], outcome["doubled"], outcome["wrong"]) == (0, 0, 0)
    assert min(outcome[name] for name in ("retry", "rescan", "rejected", "late")) > 0
