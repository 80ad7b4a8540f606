"""The toolbox: values and small languages that need no database."""
