"""The one place that reads the environment: every setting typed, checked, and refused with one sentence."""

from __future__ import annotations

import os
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

LANGUAGES = ("tr", "en")
CHECKOUT = Path(__file__).resolve().parent.parent.parent
MAIL_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class ConfigError(Exception):
    """A setting cannot be used; the message is one sentence for the operator, in both languages."""

    def __init__(self, turkish: str, english: str) -> None:
        super().__init__(turkish, english)
        self.turkish = turkish
        self.english = english

    def __str__(self) -> str:
        return self.english if operator_language() == "en" else self.turkish


@dataclass(frozen=True)
class Database:
    """Where the company's database is; for SQLite only `name` counts and is a path."""

    engine: str
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def is_sqlite(self) -> bool:
        return self.engine == "sqlite"


@dataclass(frozen=True)
class Mail:
    """The server that takes outgoing mail; without a host, mail is written into files."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False
    sender: str = "hatir@localhost"


@dataclass(frozen=True)
class Store:
    """An S3-compatible store for backups: its address without the bucket, the bucket, and a folder within."""

    endpoint: str
    bucket: str
    folder: str = ""
    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Environment:
    """Everything that the operator decides."""

    home: Path
    host: str
    port: int
    web_processes: int
    database: Database
    secret_key: str
    language: str
    allowed_hosts: tuple[str, ...]
    base_url: str
    mail: Mail
    proxied: bool
    backup_secret: bytes = field(default=b"", repr=False)
    backup_store: Store | None = None


def read_environment(values: Mapping[str, str] | None = None) -> Environment:
    """Read and check all settings; raises ConfigError at the first that cannot be used."""
    given = os.environ if values is None else values
    home = _home(given)
    host = given.get("HATIR_HOST", "").strip() or "127.0.0.1"
    port = _number(given, "HATIR_PORT", 8000, low=1, high=65535)
    base_url = _base_url(given, host, port)
    return Environment(
        home=home,
        host=host,
        port=port,
        web_processes=_number(given, "HATIR_WEB_PROCESSES", 2, low=1, high=64),
        database=_database(given, home),
        secret_key=_secret_key(given, home),
        language=_language(given),
        allowed_hosts=_allowed_hosts(given, host, base_url),
        base_url=base_url,
        mail=_mail(given),
        proxied=_switch(given, "HATIR_BEHIND_PROXY"),
        backup_secret=_backup_secret(given),
        backup_store=_backup_store(given),
    )


def operator_language(values: Mapping[str, str] | None = None) -> str:
    """Choose the language of the terminal: HATIR_LANGUAGE, else the locale, else Turkish."""
    given = os.environ if values is None else values
    for name in ("HATIR_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        language = given.get(name, "")[:2]
        if language in LANGUAGES:
            return language
    return "tr"


def _home(given: Mapping[str, str]) -> Path:
    named = given.get("HATIR_HOME", "").strip()
    if named:
        home = Path(named).expanduser().absolute()
    else:
        home = (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / "var"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise ConfigError(
            f"HATIR_HOME klasörü açılamıyor ({home}): yazılabilir bir klasör verin.",
            f"The HATIR_HOME folder cannot be made ({home}): name a folder that can be written.",
        ) from refused
    if not os.access(home, os.W_OK | os.X_OK):
        raise ConfigError(
            f"HATIR_HOME klasörüne yazılamıyor ({home}): yazılabilir bir klasör verin.",
            f"The HATIR_HOME folder cannot be written ({home}): name a folder that can be written.",
        )
    return home


def _number(given: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ConfigError(
            f"{name} {low} ile {high} arasında bir sayı olmalı, “{text}” değil.",
            f"{name} must be a number from {low} to {high}, not “{text}”.",
        )
    return int(text)


def _switch(given: Mapping[str, str], name: str) -> bool:
    text = given.get(name, "").strip()
    if text not in {"", "0", "1"}:
        raise ConfigError(f"{name} 0 veya 1 olmalı, “{text}” değil.", f"{name} must be 0 or 1, not “{text}”.")
    return text == "1"


def _language(given: Mapping[str, str]) -> str:
    language = given.get("HATIR_LANGUAGE", "").strip() or "tr"
    if language not in LANGUAGES:
        raise ConfigError(
            f"HATIR_LANGUAGE tr veya en olmalı, “{language}” değil.",
            f"HATIR_LANGUAGE must be tr or en, not “{language}”.",
        )
    return language


def _base_url(given: Mapping[str, str], host: str, port: int) -> str:
    text = given.get("HATIR_BASE_URL", "").strip().rstrip("/")
    if not text:
        shown = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1"} else host  # noqa: S104 — compared, not bound
        return f"http://{shown}:{port}"
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ConfigError(
            f"HATIR_BASE_URL https://crm.ornek.com gibi bir adres olmalı, “{text}” değil.",
            f"HATIR_BASE_URL must be an address like https://crm.example.com, not “{text}”.",
        )
    return text


def _allowed_hosts(given: Mapping[str, str], host: str, base_url: str) -> tuple[str, ...]:
    named = [name.strip() for name in given.get("HATIR_ALLOWED_HOSTS", "").split(",") if name.strip()]
    own = [urlsplit(base_url).hostname or "localhost", host, "localhost", "127.0.0.1", "[::1]"]
    return tuple(dict.fromkeys([*named, *own]))


def _database(given: Mapping[str, str], home: Path) -> Database:
    text = given.get("DATABASE_URL", "").strip()
    if not text:
        return Database(engine="sqlite", name=str(home / "hatir.sqlite3"))
    parts = urlsplit(text)
    if parts.scheme == "sqlite":
        return Database(engine="sqlite", name=_sqlite_path(text))
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ConfigError(
            "DATABASE_URL postgresql://kullanıcı:parola@sunucu:5432/veritabanı veya sqlite:////yol/dosya biçiminde "
            "olmalı.",
            "DATABASE_URL must look like postgresql://user:password@host:5432/database or sqlite:////path/file.",
        )
    return Database(
        engine="postgresql",
        name=name,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=unquote(parts.hostname or ""),
        port=_database_port(text),
        options=tuple(parse_qsl(parts.query)),
    )


def _sqlite_path(text: str) -> str:
    path = unquote(text.removeprefix("sqlite://"))
    if path == "/:memory:":
        return ":memory:"
    if not path.startswith("/") or path == "/":
        raise ConfigError(
            f"DATABASE_URL içindeki SQLite yolu eksik: “{text}”; sqlite:////yol/dosya yazın.",
            f"The SQLite path in DATABASE_URL is missing: “{text}”; write sqlite:////path/file.",
        )
    return path[1:] if path.startswith("//") else str(Path(path[1:]).absolute())


def _database_port(text: str) -> str:
    try:
        port = urlsplit(text).port
    except ValueError as wrong:
        raise ConfigError(
            "DATABASE_URL içindeki kapı numarası bir sayı olmalı.", "The port in DATABASE_URL must be a number."
        ) from wrong
    return "" if port is None else str(port)


def _secret_key(given: Mapping[str, str], home: Path) -> str:
    named = given.get("HATIR_SECRET_KEY", "").strip()
    if named:
        if len(named) < 32:
            raise ConfigError(
                "HATIR_SECRET_KEY en az 32 harf olmalı.", "HATIR_SECRET_KEY must have at least 32 letters."
            )
        return named
    kept = home / "secret.key"
    try:
        return kept.read_text().strip() or _new_secret_key(kept)
    except FileNotFoundError:
        return _new_secret_key(kept)
    except OSError as refused:
        raise ConfigError(
            f"Gizli anahtar okunamıyor ({kept}): dosyanın sahibini düzeltin.",
            f"The secret key cannot be read ({kept}): mend who owns the file.",
        ) from refused


def _new_secret_key(kept: Path) -> str:
    """Make the key once; of two processes that start together, both read the one that was linked first."""
    waiting = kept.with_name(f"secret.{os.getpid()}.new")
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        kept.hardlink_to(waiting)
    except FileExistsError:
        if not kept.read_text().strip():
            waiting.replace(kept)
    finally:
        waiting.unlink(missing_ok=True)
    return kept.read_text().strip()


def _mail(given: Mapping[str, str]) -> Mail:
    sender = given.get("HATIR_MAIL_FROM", "").strip() or "hatir@localhost"
    text = given.get("HATIR_MAIL_URL", "").strip()
    if not text:
        return Mail(sender=sender)
    parts = urlsplit(text)
    try:
        port = parts.port or MAIL_SCHEMES.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname or not port:
        raise ConfigError(
            "HATIR_MAIL_URL smtp+tls://kullanıcı:parola@sunucu:587 biçiminde olmalı (smtp, smtp+tls veya smtps).",
            "HATIR_MAIL_URL must look like smtp+tls://user:password@host:587 (smtp, smtp+tls or smtps).",
        )
    return Mail(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
        sender=sender,
    )


def _backup_secret(given: Mapping[str, str]) -> bytes:
    """Read what backups are encrypted with; a letter with an accent counts the same however it was typed."""
    passphrase = given.get("HATIR_BACKUP_PASSPHRASE", "")
    path = given.get("HATIR_BACKUP_KEY_FILE", "").strip()
    if passphrase and path:
        raise ConfigError(
            "HATIR_BACKUP_PASSPHRASE ile HATIR_BACKUP_KEY_FILE birlikte verilemez: birini seçin.",
            "HATIR_BACKUP_PASSPHRASE and HATIR_BACKUP_KEY_FILE cannot both be given: choose one.",
        )
    try:
        secret = Path(path).expanduser().read_bytes().rstrip(b"\r\n") if path else b""
    except OSError as refused:
        raise ConfigError(
            f"HATIR_BACKUP_KEY_FILE okunamıyor ({path}).", f"HATIR_BACKUP_KEY_FILE cannot be read ({path})."
        ) from refused
    secret = secret or unicodedata.normalize("NFC", passphrase).encode()
    if (passphrase or path) and len(secret) < 12:
        raise ConfigError(
            "Yedeklerin parolası veya anahtar dosyası en az 12 harf olmalı.",
            "The passphrase or key file of backups must have at least 12 letters.",
        )
    return secret


def _backup_store(given: Mapping[str, str]) -> Store | None:
    text = given.get("HATIR_BACKUP_S3_URL", "").strip()
    if not text:
        return None
    parts = urlsplit(text)
    bucket, _slash, folder = parts.path.strip("/").partition("/")
    if parts.scheme not in {"http", "https"} or not parts.hostname or not bucket or parts.query or parts.username:
        raise ConfigError(
            "HATIR_BACKUP_S3_URL https://depo.ornek.com/kova/klasör biçiminde olmalı; anahtarlar adreste durmaz.",
            "HATIR_BACKUP_S3_URL must look like https://store.example.com/bucket/folder; no keys in the address.",
        )
    access_key = given.get("HATIR_BACKUP_S3_ACCESS_KEY", "").strip()
    secret_key = given.get("HATIR_BACKUP_S3_SECRET_KEY", "").strip()
    if not access_key or not secret_key:
        raise ConfigError(
            "HATIR_BACKUP_S3_URL için HATIR_BACKUP_S3_ACCESS_KEY ve HATIR_BACKUP_S3_SECRET_KEY de gerekli.",
            "HATIR_BACKUP_S3_URL needs HATIR_BACKUP_S3_ACCESS_KEY and HATIR_BACKUP_S3_SECRET_KEY too.",
        )
    return Store(
        endpoint=f"{parts.scheme}://{parts.netloc}",
        bucket=bucket,
        folder=folder,
        region=given.get("HATIR_BACKUP_S3_REGION", "").strip(),
        access_key=access_key,
        secret_key=secret_key,
    )
