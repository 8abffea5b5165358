"""Worlds that are kept on disk come back as the last answer left them, wherever the writing stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakemarket.call import Request
from fakemarket.doors.addresses import place_on_server, world_on_server
from fakemarket.faces.mip.webhooks import Posting
from fakemarket.keeping import folder as keeping
from fakemarket.keeping.folder import BadFolder, Folder
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings
from fakemarket.worlds import NotKept, Worlds

MAKING = {"seed": 5, "start_at": None, "speed": 0.0, "history_days": 1}


def make() -> Market:
    return Market(seed=5, history_days=1, settings=Settings(demand=Demand(orders_per_day=10)))


def call(worlds: Worlds, said: str, body: Any = None, *, real_at: int = 0) -> bytes:
    method, path = said.split()
    world, below = world_on_server(path)
    face, below = place_on_server(below)
    below, _, query = below.partition("?")
    market = worlds.markets.get(world, worlds.main)
    headers = {"authorization": f"Bearer {market.world.mip.api_key}", "content-type": "application/json"}
    sent = b"" if body is None else json.dumps(body).encode()
    request = Request(method, below, query, headers, sent, f"http://127.0.0.1{path}")
    return worlds.answer(world, face, request, real_at=real_at).body


Ask = tuple[str, Any]
CALLS: list[Ask] = [
    ("POST /_redclock/clock/advance", {"hours": 7}),
    ("POST /_redclock/clock/to-next-event", {"limit": {"days": 2}}),
    ("POST /_redclock/clock/speed", {"rate": 3600}),
    ("POST /_redclock/orders", {"fate": {"pays": True}}),
    ("POST /_redclock/faults", {"kind": "down", "share": 0.5}),
    ("POST /_redclock/faults", {"kind": "latency", "seconds": 30, "nth": 2}),
    ("POST /_redclock/tokens/mip/revoke", None),
    ("POST /_redclock/reset", None),
    ("POST /_redclock/worlds", {"name": "b", "fork_of": "main"}),
    ("POST /_redclock/worlds", {"name": "c", "snapshot": "m"}),
    ("POST /_redclock/snapshots", {"name": "m"}),
    ("DELETE /_redclock/worlds/b", None),
    ("POST /worlds/b/_redclock/clock/advance", {"hours": 5}),
    ("POST /worlds/b/_redclock/orders", {}),
    ("GET /worlds/x/mip/v1/orders", None),
    ("GET /mip/v1/orders", None),
    ("GET /mip/v1/orders?limit=\udcff", None),
    ("POST /mip/v1/webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["order.created"]}),
    ("POST /router/rest", {"neither": "form nor signed"}),
    ("GET /panel/", None),
]


def state(worlds: Worlds) -> dict[str, Any]:
    """All that an outsider can tell of the worlds."""
    return {
        name: (
            market.ledger.digest(),
            market.world.now,
            market.timeline.rate,
            market.faults.struck,
            [market.journal.shown(entry) for entry in market.journal],
            call(Worlds(market.fork()), "GET /mip/v1/orders"),
        )
        for name, market in worlds.markets.items()
    } | {"snapshots": list(worlds.snapshots)}


def refuses(_: Posting) -> int:
    return 500


@given(st.lists(st.sampled_from([*CALLS, ("deliver", None)]), max_size=12), st.sampled_from([0, 0.01, 1000]))
@settings(max_examples=40)
def test_what_comes_back_is_what_was_there(
    tmp_path_factory: pytest.TempPathFactory, asked: list[Ask], work_seconds: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "WORK_SECONDS", work_seconds)
        patch.setattr(keeping, "_SHARE", 0)
        path = tmp_path_factory.mktemp("state")
        folder = Folder(path, MAKING)
        worlds = folder.open(make)
        for said, body in asked:
            if said == "deliver":
                worlds.deliver(refuses)
            else:
                call(worlds, said, body)
        # The folder as a kill would leave it: nothing was closed.
        killed = copytree(path, path.with_name(path.name + "-killed"))
        for market in worlds.markets.values():
            market.timeline.set_rate(0)
        before = state(worlds)
        folder.close()
        again = Folder(killed, MAKING)
        back = again.open(make)
        for market in back.markets.values():
            market.timeline.set_rate(0)
        assert state(back) == before
        again.close()


@given(cut=st.integers(1, 400))
@settings(max_examples=25)
def test_a_log_that_was_cut_off_ends_with_its_last_whole_line(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("state")
    folder = Folder(path, MAKING)
    worlds = folder.open(make)
    digests = [worlds.main.ledger.digest()]
    for _ in range(4):
        call(worlds, "POST /_redclock/clock/advance", {"hours": 6})
        digests.append(worlds.main.ledger.digest())
    folder.close()
    (log,) = path.glob("*.log")
    whole = log.read_bytes()
    left = whole[: max(len(whole) - cut, 0)]
    log.write_bytes(left)
    folder = Folder(path, MAKING)
    worlds = folder.open(make)
    assert worlds.main.ledger.digest() == digests[left.count(b"\n")]
    call(worlds, "POST /_redclock/clock/advance", {"hours": 6})
    after = worlds.main.ledger.digest()
    folder.close()
    folder = Folder(path, MAKING)
    assert folder.open(make).main.ledger.digest() == after
    folder.close()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with a market that has been asked something."""
    path = tmp_path / "state"
    folder = Folder(path, MAKING)
    worlds = folder.open(make)
    for _ in range(3):
        call(worlds, "POST /_redclock/clock/advance", {"hours": 8})
    folder.close()
    return path


def test_a_kill_before_the_first_checkpoint_leaves_a_folder_that_opens(tmp_path: Path) -> None:
    Folder(tmp_path / "state", MAKING).close()
    (tmp_path / "state" / "draft").write_bytes(b"half")
    folder = Folder(tmp_path / "state", MAKING)
    assert folder.open(make).main.ledger.digest() == make().ledger.digest()
    folder.close()


def test_a_kill_between_two_checkpoints_leaves_the_newer_one_whole(kept: Path) -> None:
    (old,) = kept.glob("*.checkpoint")
    (kept / "000009.checkpoint").write_bytes(old.read_bytes())
    folder = Folder(kept, MAKING)
    assert folder.open(make).main.ledger.digest() == make().ledger.digest(), "log 9 has nothing yet"
    folder.close()
    assert sorted(it.name for it in kept.iterdir()) == ["000009.checkpoint", "000009.log", "lock", "market.json"]


def test_two_servers_cannot_have_one_folder(kept: Path) -> None:
    folder = Folder(kept, MAKING)
    with pytest.raises(BadFolder, match="another server keeps its worlds in"):
        Folder(kept, MAKING)
    folder.close()
    Folder(kept, MAKING).close()


def test_a_folder_is_its_owners_alone(kept: Path) -> None:
    """A market has secrets."""
    folder = Folder(kept, MAKING)
    folder.open(make)
    folder.close()
    modes = {it.suffix: it.stat().st_mode & 0o777 for it in kept.iterdir() if it.suffix in (".log", ".checkpoint")}
    assert modes == {".log": 0o600, ".checkpoint": 0o600}


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), kind=st.sampled_from(["log", "checkpoint"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_bit_that_has_changed_is_noticed(kept: Path, place: float, bit: int, kind: str) -> None:
    (file,) = kept.glob(f"*.{kind}")
    whole = file.read_bytes()
    spoilt = bytearray(whole)
    spoilt[int(place * len(spoilt))] ^= 1 << bit
    file.write_bytes(bytes(spoilt))
    folder = Folder(kept, MAKING)
    try:
        # Without its end a line is one that a kill cut off.
        if spoilt.endswith(b"\n") or kind == "checkpoint":
            with pytest.raises(BadFolder, match="can't be read"):
                folder.open(make)
    finally:
        folder.close()
        file.write_bytes(whole)


@pytest.mark.parametrize("spoil", ["one is missing", "one is there twice", "two have changed places"])
def test_lines_that_are_not_all_there_in_order_are_noticed(kept: Path, spoil: str) -> None:
    (log,) = kept.glob("*.log")
    first, second, third, *rest = log.read_bytes().splitlines(keepends=True)
    lines = {
        "one is missing": [first, third],
        "one is there twice": [first, first, second, third],
        "two have changed places": [second, first, third],
    }[spoil]
    log.write_bytes(b"".join([*lines, *rest]))
    with pytest.raises(BadFolder, match=r"line [12], can't be read: it, or one before it, is not"):
        Folder(kept, MAKING).open(make)


def test_a_restart_takes_no_longer_than_what_came_after_the_checkpoint_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few calls can be much work."""
    monkeypatch.setattr(keeping, "WORK_SECONDS", 0.05)
    monkeypatch.setattr(keeping, "_SHARE", 0)
    path = tmp_path / "state"
    folder = Folder(path, MAKING)
    worlds = folder.open(make)
    for _ in range(3):
        call(worlds, "POST /_redclock/clock/advance", {"days": 366})
    folder.close()
    (log,) = path.glob("*.log")
    assert int(log.stem) == 4
    assert log.read_bytes() == b""


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda path: (path / "market.json").write_text("{"), "can't be read"),
        (lambda path: (path / "market.json").write_text('{"redclock": "0", "python": "2.7", "making": {}}'), "read"),
        (lambda path: next(path.glob("*.checkpoint")).write_bytes(b"no pickle"), "checkpoint can't be read"),
        (lambda path: next(path.glob("*.log")).write_bytes(b'["called"]\n'), "line 1, can't be read"),
        (lambda path: next(path.glob("*.log")).write_bytes(b"\xff\n"), "line 1, can't be read"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused(kept: Path, spoil: Callable[[Path], Any], why: str) -> None:
    spoil(kept)
    with pytest.raises(BadFolder, match=why):
        Folder(kept, MAKING).open(make)


def test_a_folder_keeps_to_its_market(kept: Path) -> None:
    with pytest.raises(BadFolder, match="keeps a market of seed 5; ask for that or name another folder"):
        Folder(kept, {**MAKING, "seed": 6})


def test_a_folder_of_another_version_is_refused(kept: Path) -> None:
    told = json.loads((kept / "market.json").read_text())
    (kept / "market.json").write_text(json.dumps({**told, "redclock": "0.0.1"}))
    with pytest.raises(BadFolder, match=r"was written by redclock 0\.0\.1"):
        Folder(kept, MAKING)


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BadFolder, match="holds other things"):
        Folder(tmp_path, MAKING)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadFolder, match="can't be used"):
        Folder(tmp_path / "file", MAKING)


def test_what_cannot_be_written_is_not_answered(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(kept, MAKING)
    worlds = folder.open(make)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fakemarket.keeping.log.os.write", full)
    with pytest.raises(NotKept):
        call(worlds, "POST /_redclock/orders")
    assert "No space left on device" in folder.failure
    folder.close()
