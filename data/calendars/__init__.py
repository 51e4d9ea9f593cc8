"""Business calendars: opening hours, and the moment at which a number of open minutes has passed.

Belongs here: hours, holidays, closed days, and deadlines counted in open minutes.
Not here: shifts of people (`snapshot`).
"""

from data.calendars.calendar import Calendar, Calendars, read_calendars
from data.calendars.due import deadlines, due_moments, sla_us

__all__ = ["Calendar", "Calendars", "deadlines", "due_moments", "read_calendars", "sla_us"]
