"""How a call is signed: pure functions from parameters, secret and sign method to the upper-case hex sign.

What is signed is the decoded text, so `+` and `%20` make no difference: every parameter but `sign`, sorted by key in
byte order, key and value joined without separators, in UTF-8 [C]. Knows no requests and no apps.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never


class SignMethod(StrEnum):
    """The platform's names in `sign_method` [C]; `hmac` is HMAC-MD5."""

    MD5 = "md5"
    HMAC = "hmac"
    HMAC_SHA256 = "hmac-sha256"
    SHA256 = "sha256"


def sign(method: SignMethod, secret: str, parameters: Mapping[str, str], api_path: str = "") -> str:
    """The sign of a call.

    Args:
        method: which hash.
        secret: the app's secret.
        parameters: all of them, decoded; `sign` itself is left out.
        api_path: for `sha256` calls to an API path such as `/auth/token/refresh`: it goes before the parameters [C].
            Never `/rest`, never the host; empty for dotted methods.
    """
    joined = "".join([f"{key}{parameters[key]}" for key in sorted(parameters) if key != "sign"])
    key = secret.encode()
    match method:
        case SignMethod.MD5:
            digest = hashlib.md5(f"{secret}{joined}{secret}".encode(), usedforsecurity=False).hexdigest()
        case SignMethod.HMAC:
            digest = hmac.digest(key, joined.encode(), "md5").hex()
        case SignMethod.HMAC_SHA256:
            digest = hmac.digest(key, joined.encode(), "sha256").hex()
        case SignMethod.SHA256:
            digest = hmac.digest(key, f"{api_path}{joined}".encode(), "sha256").hex()
        case _:
            assert_never(method)
    return digest.upper()


def is_signed(method: SignMethod, secret: str, parameters: Mapping[str, str], api_path: str = "") -> bool:
    """Whether the parameter `sign` is the sign of the others; upper case, as the platform writes it."""
    expected = sign(method, secret, parameters, api_path)
    return hmac.compare_digest(expected.encode(), parameters.get("sign", "").encode())
