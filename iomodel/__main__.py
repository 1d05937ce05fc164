"""``python -m iomodel``: the command line."""

from iomodel.cli.entry import start

if __name__ == "__main__":
    start()
