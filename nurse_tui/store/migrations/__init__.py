"""Migrations of the case database, run by `store.schema`."""
