"""Find Java and Kafka's jars, and build the command that runs the broker."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from deploy.user_error import UserError

JARS = Path(__file__).parents[2] / "var" / "kafka-jars"
ARCHIVE_FILE = "classes.jsa"
_CLIENTS = re.compile(r"kafka-clients-(.+)\.jar")
_LOGGING = Path(__file__).parent / "log4j2.properties"

# One broker beside a worker, a sink and ClickHouse on two cores: a fixed heap large enough for several produce requests
# of some MB, and the collector that spends the least CPU on it. Kafka's data lives in the page cache, not in the heap.
_JVM_OPTIONS = ("-Xms512m", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")


def find_java() -> str:
    """Return the path of `java` (JAVA_HOME first, then PATH); raise UserError if there is none."""
    home = os.environ.get("JAVA_HOME")
    candidates = [str(Path(home) / "bin" / "java")] if home else []
    for candidate in [*candidates, "java"]:
        if found := shutil.which(candidate):
            return found
    raise UserError(
        "Kafka needs Java 17 or newer and no `java` was found; install openjdk-17-jre-headless, set JAVA_HOME, "
        "or give the address of a running Kafka in SCANSTREAM_KAFKA."
    )


def find_jars(directory: Path = JARS) -> list[Path]:
    """Return Kafka's jars in a fixed order; raise UserError if `make setup` has not fetched them."""
    jars = sorted(directory.glob("*.jar"))
    if not any(jar.name.startswith("kafka_") for jar in jars):
        raise UserError("Kafka's jars are not there yet; run `make setup` (it needs Maven) and try again.")
    return jars


def store_versions() -> dict[str, str]:
    """Return the versions of Java and of Kafka's broker as this machine runs them; without either, nothing of it."""
    try:
        told = subprocess.run([find_java(), "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603 -- no shell
        kafka = next(name[1] for jar in find_jars() if (name := _CLIENTS.fullmatch(jar.name)))
    except (UserError, StopIteration):
        return {}
    return {"kafka": kafka, "java": told.splitlines()[0] if told else "unknown"}


def broker_command(properties_file: Path, *, extra_options: tuple[str, ...] = ()) -> list[str]:
    """Return the arguments that run `kafka.Kafka` with a properties file.

    Uses the class data archive beside the jars where `deploy.kafka.archive` has built one; the JVM ignores it if
    Java or the jars have changed since.
    """
    jars = find_jars()
    archive = JARS / ARCHIVE_FILE
    shared = (f"-XX:SharedArchiveFile={archive}",) if archive.exists() and not extra_options else ()
    return [
        find_java(),
        *_JVM_OPTIONS,
        *shared,
        *extra_options,
        f"-Dlog4j2.configurationFile={_LOGGING}",
        "-cp",
        ":".join(map(str, jars)),
        "kafka.Kafka",
        str(properties_file),
    ]
