"""Working on Hatır: error pages, static files straight from the source."""

from __future__ import annotations

from hatir.config.logs import logging_settings
from hatir.config.settings.base import *  # noqa: F403 — settings modules stand on one another

DEBUG = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = logging_settings(level="DEBUG")
