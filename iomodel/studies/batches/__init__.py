"""Batches: many questions, answered once and whole, whatever ends the program.

``product``, ``design`` and ``case_list`` the questions; ``batch_file`` the same from a file;
``plan``, ``groups`` and ``estimate`` the work; ``executors``, ``worker`` and ``cluster`` who does
it; ``checkpoint`` and ``answers`` the journal; ``assembly`` the folder of results.
"""
