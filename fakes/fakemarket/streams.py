"""Named random streams: one seed, a stream for each purpose, a number for each index.

A stream is counter-based: number `index` is a mix of (seed, path of names, index) and of nothing else, so it can be
drawn alone, again, or in a block, in any order and any process, and no draw ever shifts another one. This module knows
nothing about what is drawn.

The mix is SplitMix64 (Steele, Lea and Flood, 2014) over a key taken from BLAKE2b, so neither `PYTHONHASHSEED` nor the
platform matters, and a compiled engine can repeat it exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from struct import Struct

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_UNIT = 2.0**-53
_MOST_LANES = 256


class Stream:
    """The numbers of one purpose, by index."""

    __slots__ = ("key",)

    def __init__(self, key: int) -> None:
        self.key = key

    def bits(self, index: int) -> int:
        """64 uniform bits."""
        z = (self.key + (index + 1) * _STEP) & _MASK
        z = ((z ^ (z >> 30)) * _MIX_1) & _MASK
        z = ((z ^ (z >> 27)) * _MIX_2) & _MASK
        return z ^ (z >> 31)

    def uniform(self, index: int) -> float:
        """A number in [0, 1) with 53 random bits."""
        return (self.bits(index) >> 11) * _UNIT

    def uniforms(self, first: int, count: int) -> list[float]:
        """The numbers `first` to `first + count - 1`: equal to as many calls of `uniform`, in a third of the time."""
        if count == 1:
            return [self.uniform(first)]
        numbers: list[float] = []
        for begin in range(first, first + count, _MOST_LANES):
            mixed = self._mixed_together(begin, min(_MOST_LANES, first + count - begin), 11)
            numbers += [bits * _UNIT for bits in mixed]
        return numbers

    def block(self, first: int, count: int) -> list[int]:
        """The same of `bits`."""
        numbers: list[int] = []
        for begin in range(first, first + count, _MOST_LANES):
            numbers += self._mixed_together(begin, min(_MOST_LANES, first + count - begin), 0)
        return numbers

    def _mixed_together(self, first: int, count: int, dropped: int) -> tuple[int, ...]:
        """The bits of at most `_MOST_LANES` numbers, but for the lowest few, as one large integer.

        It has 128 bits for each of them: a product of 64 bits and 64 stays within its own, and what a shift brings in
        from the next one is masked.
        """
        ones, steps, masks, low_halves = _lanes(count)
        z = (((self.key + (first + 1) * _STEP) & _MASK) * ones + steps) & masks
        z = (((z ^ (z >> 30)) & masks) * _MIX_1) & masks
        z = (((z ^ (z >> 27)) & masks) * _MIX_2) & masks
        z = ((z ^ (z >> 31)) & masks) >> dropped
        return low_halves(z.to_bytes(16 * count, "little"))


@lru_cache(maxsize=_MOST_LANES + 1)
def _lanes(count: int) -> tuple[int, int, int, Callable[[bytes], tuple[int, ...]]]:
    """For `count` numbers in one integer: a one in each, how far each is from the first, 64 bits of each, and
    what takes those out of its bytes."""
    ones = sum(1 << 128 * number for number in range(count))
    steps = sum((number * _STEP & _MASK) << 128 * number for number in range(count))
    return ones, steps, ones * _MASK, Struct("<" + count * "Q8x").unpack


class Streams:
    """A tree of names under one seed.

    >>> Streams(7).child("shop-1").stream("payment").uniform(0) == Streams(7).stream("payment").uniform(0)
    False
    """

    __slots__ = ("_children", "_path", "_streams", "seed")

    def __init__(self, seed: int, *, path: tuple[str, ...] = ()) -> None:
        self.seed = seed
        self._path = path
        self._children: dict[str, Streams] = {}
        self._streams: dict[str, Stream] = {}

    def child(self, name: str) -> Streams:
        """The streams of one seller, one fault, one anything: independent of every other child's."""
        child = self._children.get(name)
        if child is None:
            child = self._children[name] = Streams(self.seed, path=(*self._path, name))
        return child

    def stream(self, purpose: str) -> Stream:
        """The stream of a purpose; the same purpose always gives the same numbers."""
        stream = self._streams.get(purpose)
        if stream is None:
            words = "\x1f".join((str(self.seed), *self._path, purpose))
            key = int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), "big")
            stream = self._streams[purpose] = Stream(key)
        return stream

    def token(self, purpose: str, index: int, *, digits: int = 32) -> str:
        """A hexadecimal string for things that must look random: keys, tokens, request ids."""
        words = "\x1f".join((str(self.seed), *self._path, purpose, str(index)))
        return blake2b(words.encode(), digest_size=digits // 2).hexdigest()
