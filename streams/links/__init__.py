"""Links from old pseudonyms to new ones, while keys are rotated."""
