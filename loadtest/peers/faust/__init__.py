"""Stock Faust: its own transport, agents and windowed tables."""
