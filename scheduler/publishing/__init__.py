"""Plans handed out: a run made the current one, and the outlets told what is new in it.

Belongs here: what is published and told to whom. Not here: the other sides (`data/outlets`), files and texts for people
(`reports`), what was handed out to whom (`data/store`).
"""

from scheduler.publishing.handing import Handed, distribute
from scheduler.publishing.publish import publish_run, published_run

__all__ = ["Handed", "distribute", "publish_run", "published_run"]
