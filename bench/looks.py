"""How the bench recognises what the application shows, and the keys it uses."""

from __future__ import annotations

import re

HELLO = "Hello 0"
CASELOAD = "Caseload"
ROWS = re.compile(r"^[ >|]*[!*+x] .*\w{3}", re.MULTILINE)
"""A worklist row: the marker of the state, then words."""
SIGN_IN = re.compile(r"sign in", re.IGNORECASE)
SEARCH, CLEAR, QUIT = "/", "escape", (":", "quit", "enter")
SEARCHED = ("ma", "or", "li", "san", "be", "ro", "da", "jo", "ar", "st")
