"""Posters of places: the QR code on an A4 sheet, with the place's name and what to do, in Vietnamese."""
