"""Schedules in the places where frameworks look for them: one file each, and nothing else here knows a framework."""
