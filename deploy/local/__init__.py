"""Local processes: child processes with logs and readiness, free ports, and a supervisor that stops them all."""
