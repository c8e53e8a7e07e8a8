"""What formulas call as `xp`: the functions for Python numbers and for the arrays of any library."""
