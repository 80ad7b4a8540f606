"""The cast stands: what each of them sees of the four customers."""

from __future__ import annotations

import pytest

from hatir.domains.customers.models import Customer
from hatir.foundation.access.queries import visible
from tests.world.cast import make_cast


@pytest.mark.django_db
def test_each_member_sees_exactly_their_customers() -> None:
    cast = make_cast()

    seen = {
        name: set(visible(getattr(cast, name).actor, Customer).values_list("name", flat=True))
        for name in ("ayse", "mehmet", "zeynep", "can", "admin")
    }

    everybody = {"Lale Market", "Kuzey Lojistik A.Ş.", "Elif Kaya", "Deniz Işık"}
    assert seen == {
        "ayse": {"Lale Market", "Elif Kaya"},
        "mehmet": {"Deniz Işık"},
        "zeynep": everybody - {"Deniz Işık"},
        "can": set(),
        "admin": everybody,
    }
