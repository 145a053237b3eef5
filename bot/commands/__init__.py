"""Floor 8. One module per command: `HELP`, `DESCRIPTION`, `EXAMPLES`, `add_arguments(parser)`, `run(options) -> exit code`."""
