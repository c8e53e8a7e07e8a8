"""Schedules as people look at them: tables, pictures, comparisons. They give schedules `describe` and their pictures."""

from . import describe as describe, picture as picture
