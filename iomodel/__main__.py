"""``python -m iomodel``: the command line."""

from iomodel.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    main(prog_name="iomodel")
