"""Views over the report feeds, compared with their rules spelled out."""
