"""A company goes from one database into another: in batches, resumable, and proven in the end."""
