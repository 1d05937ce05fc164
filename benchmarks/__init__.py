"""Timed specs of iomodel: ``python -m benchmarks [--smoke] [--out FILE]``."""
