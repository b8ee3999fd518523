"""Tests of nurse-tui."""
