"""The designer: a page on which schedules are drawn, dragged and forecast.

`page` writes it as one HTML file; `design` shows it in a notebook; `lrsched design` opens it in the browser.
"""

from .html import page as page
from .notebook import design as design
