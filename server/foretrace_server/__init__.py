"""The language server and the `foretrace` command."""

__version__ = "0.1.0"
