"""The roof: settings, addresses, processes and the `hatir` command. Imports all; imported by none."""
