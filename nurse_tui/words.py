"""Identifiers in plain words: what people read wherever a stored kind, state or field is named."""

from __future__ import annotations

_CAPITALS = frozenset(
    {"va", "dod", "chip", "ihs", "hpv", "rems", "tricare", "rrms", "spms", "cis", "ppms", "cbc",
     "cd4", "ms", "zip", "npi", "hiv"}
)  # fmt: skip


def plain(name: str) -> str:
    """Return an identifier in plain words: `prior_authorization` as `prior authorization`."""
    words = name.replace("_", " ").split()
    return " ".join(word.upper() if word in _CAPITALS else word for word in words)


def label(name: str) -> str:
    """Return an identifier as a label begins: `Prior authorization`."""
    words = plain(name)
    return words[:1].upper() + words[1:]
