"""People as many as wanted, one in twenty entered twice with other spellings: the same ones for the same chance."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hatir.foundation.merging.comparisons import Compare
from hatir.kit.places_tr import provinces

GIVEN = (  # noqa: SIM905 - quoted one by one they read worse
    "Ayşe Fatma Zeynep Elif Merve Emine Hatice Selin Derya Gökçe Işıl Yağmur İrem Tuğba Çağla Şule Nur "
    "Defne Ebru Pınar Özlem Gizem Burcu Melis Sibel Gül Aslı Esra Ceren Hande Mehmet Mustafa Ahmet Ali "
    "Hüseyin İbrahim Emre Burak Can Oğuzhan Serkan Kâmil Ömer Yusuf Murat Kerem Barış Çağrı Doğan Efe "
    "Ferhat Gökhan Hakan Kaan Levent "
).split()
COMMON = (  # noqa: SIM905 - quoted one by one they read worse
    "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin "
).split()
FIRST = (  # noqa: SIM905 - quoted one by one they read worse
    "Ak Al Bay Boz Can Çak Dağ Demir Er Gök Gün Işık Kaya Kara Kurt Öz Sarı Soy Şen Tan Taş Tek Tuğ Yal Yüce "
).split()
LAST = (  # noqa: SIM905 - quoted one by one they read worse
    "alp at bay can çalı dağ demir er gün han kan kaya kol lı man oğlu sal soy su taş tay tepe türk yol yurt "
).split()
STREETS = (  # noqa: SIM905 - quoted one by one they read worse
    "Atatürk Cumhuriyet İnönü Gül Çınar Barbaros Lale Menekşe Fevzi_Çakmak Mimar_Sinan Yunus_Emre Papatya "
).split()
COMPARISONS = (
    Compare("name", ("given_name", "family_name")),
    Compare("phone", ("phone",)),
    Compare("email", ("email",)),
    Compare("date", ("birth_on",)),
    Compare("number", ("tckn",)),
    Compare("address", ("address",)),
    Compare("place", ("district",)),
    Compare("place", ("city",)),
)
Person = tuple[list[str], ...]


def people(count: int, chance: random.Random) -> Iterator[Person]:
    """Give so many people, each as the values of `COMPARISONS`."""
    kept: list[Person] = []
    cities = provinces()
    weights = [city.population for city in cities]
    for number in range(count):
        if kept and chance.random() < 0.05:
            yield _again(chance.choice(kept), chance)
            continue
        person = _new(number, chance, chance.choices(cities, weights)[0])
        if len(kept) < 5000:
            kept.append(person)
        else:
            kept[number % 5000] = person
        yield person


def _new(number: int, chance: random.Random, city: object) -> Person:
    given = chance.choice(GIVEN) + (f" {chance.choice(GIVEN)}" if chance.random() < 0.2 else "")
    family = chance.choice(COMMON) if chance.random() < 0.3 else chance.choice(FIRST) + chance.choice(LAST)
    phone = f"+905{chance.randrange(300_000_000, 599_999_999)}" if chance.random() < 0.8 else ""
    email = f"{family}{number}@example.com" if chance.random() < 0.5 else ""
    born = f"{chance.randrange(1945, 2006)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    street = f"{chance.choice(STREETS).replace('_', ' ')} {chance.choice(('Cad.', 'Sok.', 'Mah.'))}"
    return (
        [given, family],
        [phone],
        [email],
        [born if chance.random() < 0.6 else ""],
        [str(10_000_000_000 + number) if chance.random() < 0.1 else ""],
        [f"{street} No: {chance.randrange(1, 300)} D: {chance.randrange(1, 30)}" if chance.random() < 0.6 else ""],
        [chance.choice(city.districts)],  # type: ignore[attr-defined]
        [city.name],  # type: ignore[attr-defined]
    )


def _again(person: Person, chance: random.Random) -> Person:
    """The same person as somebody else typed them: a letter lost, a value missing."""
    given, family = person[0]
    at = chance.randrange(len(family))
    names = [given, family[:at] + family[at + 1 :] if chance.random() < 0.5 else family]
    rest = [value if chance.random() < 0.7 else [""] for value in person[1:-1]]
    return (names, *rest, person[-1])
