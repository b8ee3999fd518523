"""Parts of screens that know no rule."""
