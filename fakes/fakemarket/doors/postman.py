"""The postman of a served market: sends webhooks over HTTP as they fall due, from a thread of his own.

He looks a few times a real second, and only while somebody has a webhook. One slow receiver keeps the others waiting.
He has one client for all his ways, as making one takes thirty times as long as a posting.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from fakemarket.faces.mip.webhooks import Posting
    from fakemarket.worlds import Worlds

_LOOKS_EVERY_SECONDS = 0.1
_PATIENCE_SECONDS = 5.0


def client() -> httpx.Client:
    """What sends postings: it goes by no proxy of this machine."""
    import httpx

    return httpx.Client(timeout=_PATIENCE_SECONDS, trust_env=False)


def post(through: httpx.Client, posting: Posting) -> int:
    """Sends one posting; the status of the answer, 0 if none came. Redirects are not followed, cookies not kept."""
    import httpx

    try:
        answer = through.post(posting.url, content=posting.body, headers=dict(posting.headers))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return 0
    through.cookies.clear()
    return answer.status_code


class Postman:
    """Delivers the webhooks of every world between `start` and `stop`."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._client: httpx.Client | None = None
        self._stopping = Event()
        self._thread = Thread(target=self._walk, name="redclock-postman", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends soon: whether a posting that is under way arrives is not waited for, so it counts as not received."""
        self._stopping.set()
        self._thread.join()

    def _walk(self) -> None:
        while not self._stopping.wait(_LOOKS_EVERY_SECONDS):
            self._worlds.deliver(self._post)
        if self._client is not None:
            self._client.close()

    def _post(self, posting: Posting) -> int:
        if self._stopping.is_set():
            return 0
        if self._client is None:
            self._client = client()
        answered: SimpleQueue[int] = SimpleQueue()
        send = partial(post, self._client, posting)
        Thread(target=lambda: answered.put(send()), name="redclock-posting", daemon=True).start()
        while not self._stopping.is_set():
            with suppress(Empty):
                return answered.get(timeout=_LOOKS_EVERY_SECONDS)
        self._client = None  # it belongs to the posting that was given up
        return 0
