"""Builders of the embedded data: raw public statistics in, files of datasets/embedded out."""
