"""Call scripts: load, validate, run."""
