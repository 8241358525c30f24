"""The command line `jinlv`: one file a command, one place for errors and exit codes."""
