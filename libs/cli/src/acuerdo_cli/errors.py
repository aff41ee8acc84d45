"""What the command says when it cannot go on: one line, exit code 2."""


class CommandFailed(Exception):
    """Something a person can do something about; its text is the line that is printed."""


class ServerFailed(CommandFailed):
    """A server that we start ourselves did not come up."""
