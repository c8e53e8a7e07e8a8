"""Schedules in the places where frameworks look for them: one module each, and nothing else here knows a framework."""
