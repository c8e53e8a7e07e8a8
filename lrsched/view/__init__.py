"""Schedules as people look at them: tables, pictures, comparisons. They install `describe` and the pictures."""

from . import describe as describe, picture as picture
