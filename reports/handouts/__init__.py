"""What people get of a plan: their team's list, their own calendar, and the text of a letter.

Belongs here: what is in them. Not here: worksheets (`workbook`), how they get to people (`scheduler/publishing`).
"""

from reports.handouts.calendar import CALENDARS, write_calendars
from reports.handouts.handout import Handout, person_letter, team_handouts

__all__ = ["CALENDARS", "Handout", "person_letter", "team_handouts", "write_calendars"]
