"""Schedules as people look at them: tables, pictures, comparisons. Imported for its effect: schedules describe themselves."""
