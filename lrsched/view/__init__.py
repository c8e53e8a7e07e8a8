"""Schedules as people look at them: tables, pictures, comparisons."""
