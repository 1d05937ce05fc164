"""The labelled table: identities, files, readers, aggregation, balancing, catalogue of datasets."""
