# ruff: noqa: E501 — a table
"""What people call a column, Turkish and English, by field name. Written in search fold: no dots, no capitals."""

from __future__ import annotations

SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("id", "kayit no", "hatir id", "record id"),
    "name": (
        "ad soyad", "adi soyadi", "isim soyisim", "ad ve soyad", "isim", "full name", "name", "musteri", "musteri adi",
        "customer", "customer name", "unvan", "firma", "firma adi", "firma unvani", "sirket", "sirket adi", "kurum",
        "kurum adi", "account", "account name", "company", "company name", "cari", "cari adi", "cari unvan", "ad", "adi",
        "contact", "contact name", "kisi", "display name", "kisi adi",
    ),
    "given_name": ("ad", "adi", "isim", "first name", "firstname", "given name", "forename"),
    "family_name": ("soyad", "soyadi", "soyisim", "last name", "lastname", "surname", "family name"),
    "honorific": ("hitap", "unvani", "title", "salutation", "prefix"),
    "phone": (
        "telefon", "tel", "tel no", "telefon no", "telefon numarasi", "cep", "cep tel", "cep telefonu", "cep no", "gsm",
        "mobile", "mobile phone", "phone", "phone number", "telephone", "cell", "is telefonu", "business phone", "phone1",
        "whatsapp",
    ),
    "email": (
        "eposta", "e posta", "e posta adresi", "eposta adresi", "mail", "mail adresi", "email", "e mail", "email address",
        "e mail address", "emailaddress", "elektronik posta",
    ),
    "website": ("web", "web sitesi", "website", "web site", "site", "url", "homepage", "internet adresi", "domain"),
    "address": ("adres", "acik adres", "address", "street", "address1", "street address", "billing street", "adres satiri"),
    "district": ("ilce", "semt", "district", "county", "town"),
    "city": ("il", "sehir", "sehri", "ili", "city", "province", "il sehir", "billing city", "office location", "location", "konum"),
    "postal_code": ("posta kodu", "pk", "zip", "zip code", "zipcode", "postal code", "postcode"),
    "country": ("ulke", "country", "billing country", "office location", "location", "nation"),
    "company": ("firma", "firma adi", "sirket", "sirket adi", "kurum", "calistigi firma", "company", "company name",
                "organization", "organisation", "account", "account name", "employer", "isyeri"),
    "job_title": ("gorev", "gorevi", "pozisyon", "unvan", "job title", "title", "position", "role", "meslek"),
    "stage": ("asama", "durum", "statu", "status", "stage", "lifecycle stage", "yasam dongusu"),
    "owner": ("temsilci", "sorumlu", "musteri temsilcisi", "satis temsilcisi", "owner", "account owner", "sales rep",
              "assigned to", "atanan", "sahibi"),
    "team": ("ekip", "takim", "team", "bolge ekibi"),
    "source": ("kaynak", "source", "lead source", "nereden geldi"),
    "tags": ("etiket", "etiketler", "tag", "tags", "labels", "kategori", "categories", "gruplar", "grup", "group membership"),
    "language": ("dil", "language", "lang"),
    "birth_on": ("dogum tarihi", "dogum gunu", "birthday", "birth date", "date of birth", "dob"),
    "gender": ("cinsiyet", "gender", "sex"),
    "tckn": ("tc", "tckn", "tc kimlik", "tc kimlik no", "kimlik no", "kimlik numarasi", "t c kimlik no"),
    "vkn": ("vkn", "vergi no", "vergi numarasi", "vergi kimlik no", "tax number", "tax id", "vat number", "tax no"),
    "tax_office": ("vergi dairesi", "vd", "tax office"),
    "mersis": ("mersis", "mersis no", "mersis numarasi"),
    "legal_name": ("ticari unvan", "resmi unvan", "legal name", "tam unvan", "ticaret unvani"),
    "industry": ("sektor", "sector", "industry", "faaliyet alani", "is kolu", "branche"),
    "employee_count": ("calisan sayisi", "calisan", "personel sayisi", "employees", "employee count", "headcount",
                       "number of employees", "no of employees"),
    "annual_revenue": ("ciro", "yillik ciro", "toplam ciro", "gelir", "revenue", "annual revenue", "turnover"),
    "founded_year": ("kurulus yili", "kurulus", "year established", "founded", "established", "founded year"),
    "parent": ("ana sirket", "bagli oldugu sirket", "ust firma", "subsidiary of", "parent", "parent company",
               "parent account", "holding"),
    "note": ("not", "notlar", "aciklama", "note", "notes", "description", "comments", "yorum", "remarks"),
    "needs": ("ihtiyac", "ihtiyaclar", "needs", "talepler", "requirements"),
    "external_id": ("musteri kodu", "cari kodu", "kod", "customer id", "external id", "musteri no", "code", "reference",
                    "customer code", "account id", "contact id", "kayit kodu"),
    "next_contact_at": ("sonraki gorusme", "next contact", "follow up", "takip tarihi"),
    "preferred_channel": ("tercih edilen kanal", "preferred channel", "iletisim tercihi"),
}  # fmt: skip

_of_types: dict[str, dict[str, tuple[str, ...]]] = {
    "staff.user": {
        "name": (
            "ad soyad",
            "calisan",
            "temsilci",
            "satis temsilcisi",
            "sales agent",
            "agent",
            "sales rep",
            "employee",
            "user",
            "full name",
            "name",
        ),
        "teams": ("ekip", "takim", "yonetici", "manager", "team", "teams", "sales manager"),
    },
    "staff.team": {
        "name": ("ekip", "takim", "yonetici", "manager", "sales manager", "team", "name"),
        "branch": ("sube", "ofis", "bolge", "office", "regional office", "branch", "region"),
    },
}


_texts: dict[str, dict[str, str]] = {}


def declare_synonyms(type_key: str, **names: tuple[str, ...]) -> None:
    """Say what people call the columns of one type, by field; for these fields the general words do not count."""
    _of_types.setdefault(type_key, {}).update(names)


def declare_text_of(type_key: str, **texts: str) -> None:
    """Say which field takes the words of a relation, by the relation: `product="name"`. A file that has one column
    for both is read as words, and the room finds what they mean; nothing is refused for not being there."""
    _texts.setdefault(type_key, {}).update(texts)


def texts_of(type_key: str) -> dict[str, str]:
    """Give the fields that take the words of relations of a type."""
    return _texts.get(type_key, {})


def synonyms_of(type_key: str, field: str) -> tuple[str, ...]:
    """Give what people call a field of a type."""
    own = _of_types.get(type_key, {})
    return own.get(field, SYNONYMS.get(field, ()))


CHOICE_SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "gender": {
        "female": ("k", "f", "kadin", "kiz", "bayan", "hanim", "woman", "female", "mrs", "ms"),
        "male": ("e", "m", "erkek", "bay", "bey", "man", "male", "mr"),
    },
    "stage": {
        "lead": ("aday", "potansiyel", "aday musteri", "yeni"),
        "prospect": ("olasi", "olasi musteri", "ilgili", "sicak"),
        "customer": ("musteri", "mevcut", "mevcut musteri", "aktif", "active", "client"),
        "loyal": ("sadik", "vip", "altin"),
        "dormant": ("pasif", "uyuyan", "inactive", "passive"),
        "lost": ("kayip", "kaybedildi", "kaybedilen", "churned"),
    },
    "language": {
        "tr": ("turkce", "turkish", "turk", "t"),
        "en": ("ingilizce", "english", "ing"),
    },
    "preferred_channel": {
        "phone": ("telefon", "tel", "gsm", "cep", "arama", "call"),
        "email": ("e-posta", "eposta", "e posta", "mail", "e-mail"),
        "sms": ("kisa mesaj", "mesaj", "text"),
        "whatsapp": ("wa", "wp", "whats app"),
    },
}  # fmt: skip
"""What people write for a choice, by field name and key; words for a key that a field lacks do nothing."""

COUNTRIES = frozenset(
    """
    turkiye turkey united states usa abd amerika germany almanya france fransa italy italya spain ispanya kingdom
    uk ingiltere birlesik krallik netherlands hollanda belgium belcika austria avusturya switzerland isvicre greece
    yunanistan bulgaria bulgaristan romania romanya russia rusya ukraine ukrayna azerbaijan azerbaycan georgia iran
    iraq irak syria suriye egypt misir saudi arabia qatar katar kuwait israel jordan urdun kenya china cin japan
    japonya korea kore india hindistan brazil brezilya canada kanada mexico meksika australia avustralya poland
    polonya norway norvec sweden isvec denmark danimarka finland portugal portekiz philippines philipines panama
    nigeria morocco fas
    """.split()  # noqa: SIM905 — read as prose, not as a list
)
"""Words that say that a column holds countries; what matters is most of them, not all."""

LINK_WORDS: dict[str, tuple[str, ...]] = {
    "company": (
        "firma",
        "sirket",
        "kurum",
        "isyeri",
        "is yeri",
        "company",
        "account",
        "organization",
        "organisation",
        "employer",
    ),
}
"""How a column begins that speaks of a linked record: "Account Phone", "Firma Telefonu"."""

TYPE_WORDS: dict[str, tuple[str, ...]] = {
    "customers.company": (
        "account",
        "accounts",
        "company",
        "companies",
        "firma",
        "firmalar",
        "sirket",
        "sirketler",
        "cari",
    ),
    "customers.person": ("contact", "contacts", "person", "people", "kisi", "kisiler", "lead", "leads"),
}
"""What files are called by what they hold."""
