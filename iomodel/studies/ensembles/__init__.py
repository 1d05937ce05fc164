"""Ensembles: many results as one labelled dataset, in memory or opened from the folder of a batch.

``rows``, ``stack`` and ``tidy`` lay results out; ``results``, ``stored`` and ``stored_effects``
read folders; ``selection`` and ``summary`` serve both.
"""
