"""Checks a run's files against its snapshot by code of its own.

The second implementation of the contract's sections 3 to 6. It shares nothing with the code that builds
problems, plans and bounds: a mistake there shows here.
Belongs here: what `allot check` works out. Not here: anything that another room has worked out.
"""

from scheduler.audit.files import audit_folder, audit_run
from scheduler.audit.report import AuditReport, Violation
from scheduler.audit.verdict import audit

__all__ = ["AuditReport", "Violation", "audit", "audit_folder", "audit_run"]
