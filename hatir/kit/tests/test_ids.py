"""Record keys: order, uniqueness, spelling."""

import os
import threading
import time
from datetime import UTC, datetime

import pytest

from hatir.kit import ids


class TestNewId:
    def test_grows_and_never_repeats_in_a_burst(self) -> None:
        keys = [ids.new_id() for _ in range(20_000)]

        assert keys == sorted(set(keys))
        assert all(0 < key <= ids.MAX_ID for key in keys)

    def test_never_repeats_across_threads(self) -> None:
        made: list[int] = []
        threads = [threading.Thread(target=lambda: made.extend(ids.new_id() for _ in range(3000))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(set(made)) == 24_000

    def test_keeps_growing_when_the_clock_steps_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = ids.IdClock(7)
        first = clock.take(1)[0]
        monkeypatch.setattr(time, "time_ns", lambda: ids.EPOCH_MS * 1_000_000 + 5)

        assert clock.take(1)[0] > first

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
    def test_a_forked_child_uses_another_node(self) -> None:
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write_end, str(ids.new_id()).encode())
            os._exit(0)
        os.waitpid(child, 0)
        theirs = int(os.read(read_end, 40))

        node = (theirs >> ids.COUNTER_BITS) & 1023
        assert node != ids._clock.node


class TestNewIds:
    def test_makes_a_hundred_thousand_quickly_and_in_order(self) -> None:
        started = time.perf_counter()
        keys = ids.new_ids(100_000)
        seconds = time.perf_counter() - started

        assert keys == sorted(set(keys))
        assert len(keys) == 100_000
        assert seconds < 2  # about 0.02 s on an idle machine
        assert ids.new_id() > keys[-1]

    def test_gives_nothing_for_nought(self) -> None:
        assert ids.new_ids(0) == []


class TestSpelling:
    @pytest.mark.parametrize(
        ("key", "text"),
        [
            (0, "0000000000000"),
            (31, "000000000000Z"),
            (32, "0000000000010"),
            (1234567890, "00000014SC0PJ"),
            (ids.MAX_ID, "7ZZZZZZZZZZZZ"),
        ],
    )
    def test_known_answers(self, key: int, text: str) -> None:
        assert ids.encode_id(key) == text
        assert ids.decode_id(text) == key
        assert ids.decode_id(text.lower()) == key

    def test_reads_look_alikes(self) -> None:
        assert ids.decode_id("ooooooooooIl0") == ids.decode_id("0000000000110")

    @pytest.mark.parametrize("text", ["", "123", "000000000000U", "8000000000000", "00000000000000", "0000000-00000"])
    def test_refuses_what_is_no_key(self, text: str) -> None:
        with pytest.raises(ValueError, match="record key"):
            ids.decode_id(text)

    @pytest.mark.parametrize("key", [-1, ids.MAX_ID + 1])
    def test_refuses_a_number_out_of_range(self, key: int) -> None:
        with pytest.raises(ValueError, match="record key"):
            ids.encode_id(key)


class TestIdTime:
    def test_reads_the_millisecond(self) -> None:
        key = (1_000 << ids.TIME_SHIFT) | 5

        assert ids.id_time(key) == datetime(2020, 1, 1, 0, 0, 1, tzinfo=UTC)

    def test_is_now_for_a_new_key(self) -> None:
        before = datetime.now(UTC).timestamp()

        made = ids.id_time(ids.IdClock(1).take(1)[0]).timestamp()

        assert abs(made - before) < 2
