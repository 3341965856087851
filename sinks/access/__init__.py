"""Who may read what in ClickHouse: one table of roles and relations, and the users.d file that has the engine keep it.

Nothing here talks to a server. The engine checks every query itself, by grants, row policies, quotas and profiles; ours
is the table and its translation. docs/access.md tells it role by role.
"""
