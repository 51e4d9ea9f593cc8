"""Business calendars: when is open, and the moment by which so many open minutes have passed.

Belongs here: hours, holidays and closed days, and what is counted on them. Not here: shifts of people (`snapshot`).
"""

from data.calendars.calendar import Calendar, Calendars, read_calendars
from data.calendars.due import due_moments

__all__ = ["Calendar", "Calendars", "due_moments", "read_calendars"]
