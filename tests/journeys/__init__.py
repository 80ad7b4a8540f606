"""Walks through the house in a browser, one file each."""
