"""Who may open and erase contact details, and the log of it."""
