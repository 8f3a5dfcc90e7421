"""The command line: `detente`."""
