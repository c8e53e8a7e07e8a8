"""The designer: one page that draws, drags and forecasts schedules."""

from .page import page as page
