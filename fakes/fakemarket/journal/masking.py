"""The mask over secrets: by the name that a value has, by the words that are known to be secret.

Names alone would miss a token that an error quotes, known words alone one that never was any market's own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

MASK = "***"
SECRET_NAMES = frozenset(
    (
        "access_token",
        "api_key",
        "app_secret",
        "authorization",
        "client_secret",
        "cookie",
        "mip_api_key",
        "refresh_token",
        "secret",
        "session",
        "set-cookie",
        "sign",
    )
)
_NAMES = "|".join(sorted(SECRET_NAMES))
_IN_JSON = re.compile(rf'("(?:{_NAMES})"\s*:\s*)"(?:[^"\\]|\\.)*"', re.IGNORECASE)
_IN_QUERY = re.compile(rf"((?:^|[?&\s])(?:{_NAMES}|code)=)[^&\s\"]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_-]{16,}")


def masked_text(text: str, secrets: Collection[str]) -> str:
    """A text without what must not be seen in it."""
    text = _IN_QUERY.sub(rf"\1{MASK}", _IN_JSON.sub(rf'\1"{MASK}"', text))
    return _WORD.sub(lambda word: MASK if word[0] in secrets else word[0], text)


def masked(name: str, value: Any, secrets: Collection[str]) -> Any:
    """A value of a request or a header, by its name and by what is in it."""
    if name.lower() in SECRET_NAMES or name == "code":
        return MASK
    if isinstance(value, str):
        return masked_text(value, secrets)
    if isinstance(value, Mapping):
        return {key: masked(str(key), inner, secrets) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked("", inner, secrets) for inner in value]
    return value
