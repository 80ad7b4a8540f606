"""Doors to the street: one folder for each vendor; each fulfils a port that a room declares."""
