"""Batches: many questions, answered once and whole, whatever ends the program.

``product`` and ``design`` the questions; ``batch_file`` the same from a file; ``plan``, ``groups``
and ``estimate`` the work; ``executors``, ``worker`` and ``cluster`` who does it; ``assembly`` the
folder of results.
"""
