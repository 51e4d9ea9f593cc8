"""Checks a run's files against its snapshot with separate code.

The second implementation of the contract's sections 3 to 6. It shares no code with what builds problems, plans and
bounds, so that it finds mistakes there.
Belongs here: what `allot check` computes; `verdict` calls every check. Not here: results of any other room.
"""

from scheduler.audit.files import audit_folder, audit_run
from scheduler.audit.report import AuditReport, Violation
from scheduler.audit.verdict import audit

__all__ = ["AuditReport", "Violation", "audit", "audit_folder", "audit_run"]
