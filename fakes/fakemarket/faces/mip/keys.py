"""The `Idempotency-Key` of a call that must not happen twice."""

from __future__ import annotations

from fakemarket.faces.routes import Asked, Rejected

LONGEST_KEY = 255


def key_of(asked: Asked) -> str:
    """The key; empty if there is none.

    Raises:
        Rejected: 422, it is too long.
    """
    key = asked.request.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY:
        problem = {"field": "Idempotency-Key", "message": f"has {len(key)} characters, {LONGEST_KEY} are allowed"}
        raise Rejected(422, "validation", f"Idempotency-Key: {problem['message']}", details=[problem])
    return key


def used_otherwise(key: str) -> Rejected:
    """What a caller hears who asks for something else under a key that was used."""
    return Rejected(409, "conflict", f"Idempotency-Key {key} was used for something else; take a new one")
