"""Every call of both APIs by the name that faults are aimed with."""

from __future__ import annotations

from typing import Final

from fakemarket.faces.aliexpress.methods import DOTTED, PATHS
from fakemarket.faces.mip.face import ROUTES

OPERATIONS: Final = (*sorted(DOTTED | PATHS), *ROUTES.names)
