"""Journal of a batch: what is on disk before its results, from which it goes on.

``answers`` the bytes of effects and refusals; ``checkpoint`` the locked folder that holds them;
``case_list`` the questions with their fates. Ensembles and batches read it; it knows neither.
"""
