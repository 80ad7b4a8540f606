"""Screens of the room beyond the generic ones."""
