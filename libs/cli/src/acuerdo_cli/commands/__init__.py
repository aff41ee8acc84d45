"""The subcommands, one per file; each file has `register(app)`."""
