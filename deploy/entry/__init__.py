"""Entering what others wrote on paper: rows of a table become events, sent through the gateway."""
