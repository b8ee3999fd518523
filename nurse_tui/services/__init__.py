"""One function an intention: role, version, rule, write, change."""
