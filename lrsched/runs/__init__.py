"""Whole runs, composed of formulas and combinators."""
