"""Tools around a schedule: sizes, clocks, checks and tests."""
