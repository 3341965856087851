"""What was measured here, as data: `measured.json`, written by `scanstream plan --measure`."""
