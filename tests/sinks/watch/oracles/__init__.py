"""The rules of the watch once more, spelled out slowly over a world's rows; each returns what it finds."""
