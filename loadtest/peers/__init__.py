"""Other stream processors on the same work: how each is built, run and measured beside ours."""
