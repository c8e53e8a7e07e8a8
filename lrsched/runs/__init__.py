"""Whole runs, made of the vocabulary."""
