"""Find the pairs of a whole set of records in memory: group by keys, compare within the groups; no database.

Keys go into buckets by their last bits, and buckets are dealt with one after the other: memory stays flat, and work
that was stopped goes on at a bucket. How large a group may be follows from the number of records (`largest_group`).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from hatir.foundation.merging.blocking import LARGEST, keys
from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.features import Form
from hatir.foundation.merging.weighing import Scale

BUCKETS = 64
PAIRS_A_RECORD = 6
FEWEST_PAIRS = 250_000
Found = dict[tuple[int, int], float]


class Pool:
    """Records of one type in the order in which they were added, with their keys in buckets."""

    def __init__(self, type_key: str, comparisons: Sequence[Compare]) -> None:
        self.type_key, self.comparisons = type_key, tuple(comparisons)
        self.ids = array("q")
        self.forms: list[tuple[Form, ...]] = []
        self._keys = [array("q") for _bucket in range(BUCKETS)]
        self._places = [array("l") for _bucket in range(BUCKETS)]

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, record_id: int, forms: tuple[Form, ...]) -> None:
        """Add one record."""
        place = len(self.ids)
        self.ids.append(record_id)
        self.forms.append(forms)
        for key in keys(self.type_key, self.comparisons, forms):
            bucket = key % BUCKETS
            self._keys[bucket].append(key)
            self._places[bucket].append(place)

    def largest_group(self) -> int:
        """Give how many records a key may have, so that at most so many pairs are compared as time allows."""
        sizes: Counter[int] = Counter()
        for bucket in self._keys:
            sizes.update(Counter(bucket).values())
        allowed = max(FEWEST_PAIRS, PAIRS_A_RECORD * len(self))
        spent = 0
        for size in range(2, LARGEST + 1):
            spent += sizes[size] * size * (size - 1) // 2
            if spent > allowed:
                return max(size - 1, 2)
        return LARGEST

    def groups(self, bucket: int) -> dict[int, list[int]]:
        """Give the places of the records behind each key of a bucket."""
        found: dict[int, list[int]] = {}
        for key, place in zip(self._keys[bucket], self._places[bucket], strict=True):
            if key in found:
                found[key].append(place)
            else:
                found[key] = [place]
        return found

    def key_rows(self, bucket: int, largest: int) -> Iterator[tuple[int, int]]:
        """Give (key, record id) of the keys that tell something, in order of the keys."""
        for key, places in sorted(self.groups(bucket).items()):
            if len(places) <= largest:
                for place in places:
                    yield key, self.ids[place]

    def pairs(self, bucket: int, scale: Scale, *, largest: int, at_least: float) -> Found:
        """Compare the records behind each key of a bucket; give the pairs of weight, by places."""
        found: Found = {}
        forms, weigh = self.forms, scale.weigh
        for places in self.groups(bucket).values():
            if not 1 < len(places) <= largest:
                continue
            for pair in combinations(places, 2):
                bits = weigh(forms[pair[0]], forms[pair[1]])
                if bits >= at_least and pair not in found:
                    found[pair] = bits
        return found

    def skipped(self, largest: int) -> int:
        """Count the keys that too many records share."""
        return sum(1 for bucket in self._keys for size in Counter(bucket).values() if size > largest)
