"""`scanstream loadtest`: load the system, watch it, hurt it, and see whether every row is still right."""

from deploy.cli.lazy import Lazy, LazyGroup

COMMANDS = {
    "list": Lazy("deploy.cli.loadtest_suite", "list_scenarios", "List the scenarios."),
    "run": Lazy("deploy.cli.loadtest_suite", "run", "Run scenarios, several times each, and judge them."),
    "generator": Lazy("deploy.cli.loadtest_proofs", "generator", "Prove what the generator alone can do."),
    "control": Lazy("deploy.cli.loadtest_proofs", "control", "Spoil a run on purpose; the verdict must notice."),
    "chaos": Lazy("deploy.cli.chaos", "command", "Rounds of load and faults."),
    "report": Lazy("deploy.cli.loadtest_report", "command", "Make the report of a run."),
}

command = LazyGroup(name="loadtest", table=COMMANDS, help="Test the system from outside, on data of its own.")
