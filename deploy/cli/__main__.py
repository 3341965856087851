"""`python -m deploy.cli`: the same as `scanstream`, for child processes of ours."""

from deploy.cli import main

main(prog_name="scanstream")
