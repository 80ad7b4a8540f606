"""What is the same however Hatır runs. Anything that a customer may change is a preference, not a setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.urls import reverse_lazy

from hatir.config.databases import django_database
from hatir.config.env import read_environment

ENVIRONMENT = read_environment()
PACKAGE = Path(__file__).resolve().parent.parent.parent

HATIR_HOME = ENVIRONMENT.home
HATIR_BASE_URL = ENVIRONMENT.base_url
SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
ROOT_URLCONF = "hatir.config.urls"
WSGI_APPLICATION = "hatir.config.wsgi.application"

FOUNDATION = (  # low to high
    "Records", "Events", "Staff", "Access", "Jobs", "Files", "Preferences", "Numbering", "Audit", "Customization",
    "Outbound", "Search", "Timeline", "SavedViews", "Transfer", "Notifications", "Live", "Webhooks", "Merging",
    "Feeds",
)  # fmt: skip
ROOMS = (
    "customers.apps.CustomersApp",
    "privacy.apps.PrivacyApp",
    "planning.apps.PlanningApp",
    "catalog.apps.CatalogApp",
    "commerce.apps.CommerceApp",
    "sales.apps.SalesApp",
    "leads.apps.LeadsApp",
    "quotes.apps.QuotesApp",
    "sequences.apps.SequencesApp",
    "accounts.apps.AccountsApp",
)
INTEGRATIONS = ("tcmb.apps.TcmbApp",)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    *(f"hatir.foundation.apps.{room}App" for room in FOUNDATION),
    "hatir.interface.web.apps.WebApp",
    "hatir.interface.api.apps.ApiApp",
    *(f"hatir.domains.{room}" for room in ROOMS),
    *(f"hatir.integrations.{door}" for door in INTEGRATIONS),
    "hatir.config.backups.apps.BackupsApp",
    # Last: by now every room is loaded, so the order of a write can be set.
    "hatir.foundation.apps.QualityApp",
    "hatir.foundation.apps.PipelineApp",
]

MIDDLEWARE = [
    "hatir.interface.web.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages travel compressed; Django pads them by chance, so that lengths tell nothing (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hatir.interface.web.middleware.UserLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "interface" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hatir.interface.web.context.shell",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------

DATABASES = {"default": django_database(ENVIRONMENT.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all web processes, so that slowed guessing counts in one place; the table lives in the company's database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "hatir_cache"}}
TASKS = {"default": {"BACKEND": "hatir.foundation.jobs.backend.LeaseQueueBackend"}}
MEDIA_ROOT = HATIR_HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

# --- who signs in -------------------------------------------------------------------------------

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/today"
ACCOUNT_ADAPTER = "hatir.config.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key"}
ACCOUNT_SESSION_REMEMBER = None
# A new password ends every other session by its hash; who has just typed it stays.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Hatır"
USERSESSIONS_TRACK_ACTIVITY = False

# --- sessions, cookies, headers -------------------------------------------------------------------

SESSION_COOKIE_NAME = "hatir_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
CSRF_COOKIE_NAME = "hatir_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Sent by hatir.interface.web.middleware.SecurityHeaders; no inline script or style anywhere.
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [("tr", "Türkçe"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "hatir_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Istanbul"

# --- static files, mail ---------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = HATIR_HOME / "static"
STATICFILES_FINDERS = ["hatir.config.finders.BuiltFilesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
EMAIL_HOST = ENVIRONMENT.mail.host
EMAIL_PORT = ENVIRONMENT.mail.port
EMAIL_HOST_USER = ENVIRONMENT.mail.user
EMAIL_HOST_PASSWORD = ENVIRONMENT.mail.password
EMAIL_USE_TLS = ENVIRONMENT.mail.use_tls
EMAIL_USE_SSL = ENVIRONMENT.mail.use_ssl
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail.sender
EMAIL_FILE_PATH = HATIR_HOME / "mail"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if ENVIRONMENT.mail.host
    else "django.core.mail.backends.filebased.EmailBackend"
)
