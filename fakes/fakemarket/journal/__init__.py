"""The journal: every request to the APIs of a market and its answer, to be asked about and verified.

It remembers what was said, the ledger what happened. Remembering costs next to nothing, because a call is kept as it
is; what is shown of it is made when somebody looks, and never without a mask over secrets. It knows no API, only the
habits that they share.
"""

from fakemarket.journal.entry import Entry
from fakemarket.journal.journal import Journal, NotAsExpected

__all__ = ["Entry", "Journal", "NotAsExpected"]
