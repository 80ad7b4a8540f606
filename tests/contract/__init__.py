"""What programs outside rely on: the API as it is served, its document, and the examples."""
