"""The generic screens, one module a screen; each exports its `urlpatterns`."""
