"""What every peer written in Python shares: it runs in the peers' own environments, not in ours."""
