"""What an analyst may ask of a province's day, a file a theme; each answer is a figure and a sentence."""
