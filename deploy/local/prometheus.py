"""Run a local Prometheus where the program is installed."""

import json
import shutil
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from deploy.local.child import Program
from deploy.local.ports import LOOPBACK
from deploy.local.readiness import answers_http


def prometheus_program(
    directory: Path, *, port: int, jobs: Mapping[str, Sequence[int]], log_file: Path
) -> Program | None:
    """Return what to run so that Prometheus scrapes the loopback ports of each job; None if it isn't installed."""
    executable = shutil.which("prometheus")
    if executable is None:
        return None
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "prometheus.yml"
    config.write_text(scrape_config(jobs))
    arguments = [
        executable,
        f"--config.file={config}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--web.listen-address={LOOPBACK}:{port}",
        "--log.level=warn",
    ]
    return Program(
        name="prometheus",
        arguments=arguments,
        log_file=log_file,
        ready=answers_http(f"http://{LOOPBACK}:{port}/-/ready"),
    )


def scrape_config(jobs: Mapping[str, Sequence[int]]) -> str:
    """Return the configuration as JSON, which is YAML too, with the alert rules that are shipped."""
    return json.dumps(
        {
            "global": {"scrape_interval": "5s"},
            "rule_files": [str(files("deploy") / "prometheus" / "alerts.yml")],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [f"{LOOPBACK}:{port}" for port in ports]}]}
                for job, ports in jobs.items()
            ],
        },
        indent=1,
    )
