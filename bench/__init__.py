"""The speed of what matters, measured from outside and beside its own floor."""
