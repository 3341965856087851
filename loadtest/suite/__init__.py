"""The load-test suite: scenarios as data, their generator, what is measured of them, and the verdict."""
