"""Answers packed for callers who can unpack them, as the platform does [1]; small ones are not worth it.

The same answer is always packed to the same bytes. Knows no answers by name.
"""

from __future__ import annotations

import gzip

from fakemarket.call import Response

SMALLEST_PACKED = 1024
"""Bytes; where the platform begins is not known [A]."""


def packed(response: Response, accept_encoding: str) -> Response:
    """The answer, gzipped if it is large and the caller's `Accept-Encoding` has gzip."""
    if response.length < SMALLEST_PACKED or not _takes_gzip(accept_encoding):
        return response
    headers = {**response.headers, "content-encoding": "gzip", "vary": "Accept-Encoding"}
    return response._replace(content=gzip.compress(response.body, compresslevel=1, mtime=0), headers=headers)


def _takes_gzip(accept_encoding: str) -> bool:
    for offer in accept_encoding.lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
