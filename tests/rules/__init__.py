"""Tests of the rules: tables of facts in, decisions out."""
