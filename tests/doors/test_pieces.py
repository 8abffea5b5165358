"""An answer's pieces arrive whole and in order, however little the socket takes at once."""

from __future__ import annotations

import asyncio
import socket

import pytest

from fakemarket.doors.pieces import write

PIECES = (b"head", b"a" * 300_000, b"", b"b" * 70_000)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("last", [b"tail", b""])
def test_pieces_arrive_whole_and_in_order_through_a_small_socket_which_ends(times: int, last: bytes) -> None:
    async def written_and_read() -> bytes:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
        reader, writer = await asyncio.open_connection(sock=theirs)
        for _ in range(times):
            write(transport, (*PIECES, last))
        assert transport.get_write_buffer_size() > 0
        transport.close()
        read = await reader.read()
        writer.close()
        return read

    assert asyncio.run(written_and_read()) == b"".join((*PIECES, last)) * times


def test_pieces_for_a_client_that_has_gone_end_the_connection() -> None:
    async def lost() -> None:
        ours, theirs = socket.socketpair()
        gone = asyncio.Event()

        class Waiting(asyncio.Protocol):
            def connection_lost(self, exc: Exception | None) -> None:
                gone.set()

        transport, _ = await asyncio.get_running_loop().create_connection(Waiting, sock=ours)
        theirs.close()
        write(transport, PIECES)
        await asyncio.wait_for(gone.wait(), 5)

    asyncio.run(lost())
