"""How a call is signed: pure functions from parameters, secret and sign method to the upper-case hex sign.

What is signed is the decoded text, so `+` and `%20` make no difference: every parameter but `sign`, sorted by key in
byte order, key and value joined without separators, in UTF-8 [C]. Knows no requests and no apps.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import assert_never


class SignMethod(StrEnum):
    """The platform's names in `sign_method` [C]; `hmac` is HMAC-MD5."""

    MD5 = "md5"
    HMAC = "hmac"
    HMAC_SHA256 = "hmac-sha256"
    SHA256 = "sha256"


def signed_text(parameters: Mapping[str, str]) -> str:
    """What is signed of some decoded parameters; `sign` itself is left out."""
    return "".join([f"{key}{parameters[key]}" for key in sorted(parameters) if key != "sign"])


def sign(method: SignMethod, secret: str, text: str, api_path: str = "") -> str:
    """The sign of a call.

    Args:
        method: which hash.
        secret: the app's secret.
        text: `signed_text` of all parameters.
        api_path: for `sha256` calls to an API path such as `/auth/token/refresh`: it goes before the parameters [C].
            Never `/rest`, never the host; empty for dotted methods.
    """
    match method:
        case SignMethod.MD5:
            whole = f"{secret}{text}{secret}".encode()
            return hashlib.md5(whole, usedforsecurity=False).hexdigest().upper()
        case SignMethod.HMAC:
            keyed = _keyed(secret, "md5").copy()
        case SignMethod.HMAC_SHA256:
            keyed = _keyed(secret, "sha256").copy()
        case SignMethod.SHA256:
            keyed = _keyed(secret, "sha256").copy()
            keyed.update(api_path.encode())
        case _:
            assert_never(method)
    keyed.update(text.encode())
    return keyed.hexdigest().upper()


@lru_cache(maxsize=16)
def _keyed(secret: str, digest: str) -> hmac.HMAC:
    """The beginning of every HMAC with a secret, to be copied: making it anew takes as long as the rest."""
    return hmac.new(secret.encode(), digestmod=digest)
