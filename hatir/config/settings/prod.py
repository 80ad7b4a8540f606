"""Serving a company: what `bin/run` and `hatir serve` use."""

from __future__ import annotations

from hatir.config.logs import logging_settings
from hatir.config.settings.base import *  # noqa: F403 — settings modules stand on one another

_secure = HATIR_BASE_URL.startswith("https://")  # noqa: F405

SESSION_COOKIE_SECURE = _secure
CSRF_COOKIE_SECURE = _secure
CSRF_TRUSTED_ORIGINS = [HATIR_BASE_URL]  # noqa: F405
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
# The proxy in front speaks https and says so; believed only where the operator declared a proxy.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.proxied else None  # noqa: F405
# Passkeys need https, save on localhost, where browsers allow them over http.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure
LOGGING = logging_settings(level="INFO")
