"""The words that formulas are written in, for Python numbers and for the arrays of any library."""
