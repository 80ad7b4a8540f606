"""Django as a WSGI application: all pages and the API; `asgi` puts live updates beside it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
application = get_wsgi_application()
