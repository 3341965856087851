"""The QR codes of the field: our places and movement passes, the personal code of Decision 1405, the identity card.

`schemas.qr.read.read` takes what a scanner typed and returns what it says, or why it can't be read; each format's own
file writes and reads it.
"""
