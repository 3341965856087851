"""Contact details at rest: sealed, opened and erased."""
