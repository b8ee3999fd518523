"""Pure rules: dates and facts in, decisions out."""
