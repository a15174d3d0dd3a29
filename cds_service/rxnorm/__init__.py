"""Importing a hospital's own RxNorm release: its RRF files in, one formulary file out."""
