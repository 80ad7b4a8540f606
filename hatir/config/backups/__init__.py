"""A company in one file: database, files and key, with checksums and row counts."""
