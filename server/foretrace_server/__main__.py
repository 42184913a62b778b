"""Runs the `foretrace` command as ``python -m foretrace_server``."""

from foretrace_server.cli import main

if __name__ == "__main__":
    main()
