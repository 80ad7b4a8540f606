"""Running the tests: the same as serving, but quick and without leaving anything behind."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("HATIR_HOME", tempfile.mkdtemp(prefix="hatir-test-"))
os.environ.setdefault("HATIR_SECRET_KEY", "only-for-tests-and-therefore-no-secret")

from hatir.config.logs import logging_settings
from hatir.config.settings.base import *  # noqa: F403 — settings modules stand on one another

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = logging_settings(level="WARNING")
