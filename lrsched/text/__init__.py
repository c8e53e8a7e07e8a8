"""Schedules as text and as data, and the way back."""

from . import fields as fields  # which gives schedules what pydantic asks for
