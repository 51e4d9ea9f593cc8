"""`allot publish` and `allot distribute`: makes a run the current plan, and tells the outlets what is new in it.

Belongs here: what is published, and which function tells which configured outlet. Not here: how a kind of outlet is
told (`data/outlets`), files and texts for people (`reports/handouts`), the outbox (`data/store`).
"""

from scheduler.publishing.handing import Handed, distribute
from scheduler.publishing.publish import publish_run, published_run

__all__ = ["Handed", "distribute", "publish_run", "published_run"]
