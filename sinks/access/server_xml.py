"""What the server itself must be told, beside its users."""

_SWITCHES = (
    # Those who land scans have no row policy and read all rows.
    "users_without_row_policies_can_read_rows",
    # Nobody reads of queries, users and parts without a right to it.
    "select_from_system_db_requires_grant",
    "select_from_information_schema_requires_grant",
    "table_engines_require_grant",
)


def access_control() -> str:
    """Return the section of config.xml that the roles rely on."""
    switches = "".join(f"<{name}>true</{name}>" for name in _SWITCHES)
    return f"<access_control_improvements>{switches}</access_control_improvements>"
