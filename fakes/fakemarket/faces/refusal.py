"""The envelope of the JSON faces' refusals as pydantic models, for their descriptions; see `routes.envelope`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Problem(_Said):
    """One thing that is wrong with a request."""

    field: str
    message: str


class ErrorShown(_Said):
    """Why a request was not carried out."""

    code: Literal[
        "malformed",
        "token_invalid",
        "forbidden",
        "not_found",
        "method_not_allowed",
        "conflict",
        "too_large",
        "unsupported_media_type",
        "validation",
    ]
    message: str
    details: list[Problem]
    retryable: bool
    request_id: str


class Refusal(_Said):
    """The envelope of every refusal."""

    error: ErrorShown
