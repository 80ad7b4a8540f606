"""Signatures: the specification's own example, and the reference library reads ours."""

from __future__ import annotations

import time

import pytest

from hatir.foundation.webhooks.signing import headers, new_secret, signature

# Source: the example of the Standard Webhooks reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'
EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


class TestSignature:
    def test_is_that_of_the_published_example(self) -> None:
        assert signature(SECRET, MESSAGE, TIMESTAMP, BODY) == EXPECTED

    def test_is_read_by_the_reference_library(self) -> None:
        library = pytest.importorskip("standardwebhooks")
        old, new = new_secret(), new_secret()
        sent = headers([new, old], MESSAGE, int(time.time()), '{"ad":"Işık"}')

        for secret in (old, new):
            assert library.Webhook(secret).verify('{"ad":"Işık"}', sent) == {"ad": "Işık"}
