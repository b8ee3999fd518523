"""A demo database of made-up people, acted out through the real services."""
