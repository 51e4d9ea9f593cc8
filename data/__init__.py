"""Input and storage: reads and checks snapshots of tasks and people, builds problems, keeps runs and the task list.

Imports only ``models``. Start with ``read_snapshot`` for a snapshot, with ``open_store`` for the task list. What needs
SQLAlchemy or openpyxl is imported at first use.
"""

from typing import TYPE_CHECKING

from data.brokers.reach import reach_amqp, reach_kafka
from data.calendars import Calendar, Calendars, deadlines, read_calendars, sla_us
from data.feeds.statements import fault_of_mark, fault_of_read
from data.intake.fold import Folded, fold
from data.intake.mapping import Mapped, Mapping, MappingError, read_mapping
from data.intake.operations import (
    BY_HAND,
    BY_HTTP,
    Operation,
    OperationKind,
    Outcome,
    OutcomeKind,
    Ruled,
    Ruling,
    Value,
    version_of,
)
from data.intake.presets import PRESETS
from data.intake.rows import Mapper, Terms
from data.intake.rules import Rule, RuledFrame, Rules, read_rules
from data.outlets.side import OutletError
from data.runs.folder import NotARunFolderError, RunFolder, held, locked
from data.runs.read import (
    UnreadableRunError,
    read_file,
    read_further,
    read_record,
    read_rejects,
    read_tables,
    run_id_of,
)
from data.runs.write import write_json, write_log, write_record, write_tables
from data.sampling.profiles import PROFILES
from data.sampling.sample import SampleError, SampleSummary, write_sample
from data.snapshot.added import faults_of_added, like_tasks_of, read_added_tasks, with_tasks
from data.snapshot.build import Build, build_problem, passed_through, restricted_pairs, restricted_shifts
from data.snapshot.in_parts import InParts, read_in_parts, rows_in_parts
from data.snapshot.pieces import is_started
from data.snapshot.presence import with_presence
from data.snapshot.read import read_snapshot
from data.snapshot.snapshot import Snapshot
from data.sources.csvfile import read_csv_rows
from data.sources.tomlfile import read_toml
from data.sources.whole import keep_value, kept_value, write_whole
from data.sources.workbook import Workbook
from data.store.errors import MissingExtraError, StoreError, StoreUnreachableError, missing_extra
from data.store.told import Action, AlertRow, Message, Silence
from data.tables.handwriting import plain_time
from data.tables.headers import TEMPLATE_LANGUAGES
from data.tables.people import AmbiguousNameError, People
from data.tables.schemas import TABLES
from data.tables.skills import canonical, parse_requirement
from data.tables.times import check_timezone, parse_moment
from models import loaded_later, parse_duration

if TYPE_CHECKING:
    from data.feeds.folder import RECEIPT, take_folder
    from data.feeds.handed import send_operations, send_people, take_people_folder, take_people_sql, try_people_sql
    from data.feeds.queue import AmqpReading, take_queue
    from data.feeds.sql import SqlReading, take_sql, try_sql
    from data.feeds.topic import KafkaReading, take_topic
    from data.feeds.web import Received, act_by_hand, json_object, take_body, take_operation
    from data.intake.actuals import refresh_actuals, renew_actuals
    from data.intake.apply import apply_operations, cursor_of, known_keys, note_read, refuse_early
    from data.intake.intake import Counts, Intake, UnreadableSourceError
    from data.intake.listed import Listed, list_open_work, write_snapshot
    from data.intake.people import act_on_tasks
    from data.intake.rejects import Rejected, rejected_operations, retry_rejected
    from data.intake.status import OperationCounts, SourceStatus, is_stale, source_moments, source_status
    from data.outlets.folder import place_files, require_folder
    from data.outlets.mail import Letter, MailServer, PartlyTakenError, Post, opened_post, reach_mail
    from data.outlets.queue import QueueTarget, hand_to_queue
    from data.outlets.table import TableTarget, hand_to_table
    from data.outlets.topic import TopicTarget, hand_to_topic
    from data.outlets.web import WebTarget, hand_to_web, post_to_web, reach_web
    from data.store.alerts import (
        actions_on,
        add_action,
        add_silence,
        all_alerts,
        end_silence,
        find_alert,
        note_seen,
        open_alerts,
        save_alerts,
        seen_runs,
        silences_at,
    )
    from data.store.check import Checked, check_store
    from data.store.done import (
        plans_known_since,
        read_actuals,
        read_begun,
        read_kinds,
        read_planned,
        read_publications,
        read_told,
    )
    from data.store.forgetting import forget_days, forget_plans, forget_tasks
    from data.store.goals import TARGET, end_target, read_targets, set_target, target_on
    from data.store.history import (
        add_run,
        day_of,
        forget_runs,
        known_keys_of,
        known_runs,
        read_days,
        read_figures,
    )
    from data.store.leases import (
        Lease,
        OpenTask,
        add_leases,
        end_leases,
        lease_of,
        note_declined,
        open_among,
        planned_for,
        settle_leases,
    )
    from data.store.listing import chosen_tasks, count_tasks, export_views, plain_row, task_frame, task_history
    from data.store.messages import (
        add_message,
        count_untold,
        names_told,
        note_told,
        note_untold,
        waiting_messages,
    )
    from data.store.names import history_of_person, open_work_of, people_in_history, rename_in_history
    from data.store.old_alerts import forget_alerts, people_in_alerts, records_of_person, rename_in_alerts
    from data.store.outbox import (
        count_waiting,
        fill_outbox,
        handed_lists,
        note_handed,
        note_list,
        settle,
        waiting_rows,
    )
    from data.store.people import people_tables
    from data.store.publications import Publication, Published, current_publication, planned_work, publish_plan
    from data.store.reach import reach_database
    from data.store.store import Connection, Store, open_store
    from data.store.turns import one_at_a_time
    from data.store.upgrade import upgrade_store
    from data.template.template import write_template

__all__ = [
    "BY_HAND",
    "BY_HTTP",
    "PRESETS",
    "PROFILES",
    "RECEIPT",
    "TABLES",
    "TARGET",
    "TEMPLATE_LANGUAGES",
    "Action",
    "AlertRow",
    "AmbiguousNameError",
    "AmqpReading",
    "Build",
    "Calendar",
    "Calendars",
    "Checked",
    "Connection",
    "Counts",
    "Folded",
    "InParts",
    "Intake",
    "KafkaReading",
    "Lease",
    "Letter",
    "Listed",
    "MailServer",
    "Mapped",
    "Mapper",
    "Mapping",
    "MappingError",
    "Message",
    "MissingExtraError",
    "NotARunFolderError",
    "OpenTask",
    "Operation",
    "OperationCounts",
    "OperationKind",
    "Outcome",
    "OutcomeKind",
    "OutletError",
    "PartlyTakenError",
    "People",
    "Post",
    "Publication",
    "Published",
    "QueueTarget",
    "Received",
    "Rejected",
    "Rule",
    "Ruled",
    "RuledFrame",
    "Rules",
    "Ruling",
    "RunFolder",
    "SampleError",
    "SampleSummary",
    "Silence",
    "Snapshot",
    "SourceStatus",
    "SqlReading",
    "Store",
    "StoreError",
    "StoreUnreachableError",
    "TableTarget",
    "Terms",
    "TopicTarget",
    "UnreadableRunError",
    "UnreadableSourceError",
    "Value",
    "WebTarget",
    "Workbook",
    "act_by_hand",
    "act_on_tasks",
    "actions_on",
    "add_action",
    "add_leases",
    "add_message",
    "add_run",
    "add_silence",
    "all_alerts",
    "apply_operations",
    "build_problem",
    "canonical",
    "check_store",
    "check_timezone",
    "chosen_tasks",
    "count_tasks",
    "count_untold",
    "count_waiting",
    "current_publication",
    "cursor_of",
    "day_of",
    "deadlines",
    "end_leases",
    "end_silence",
    "end_target",
    "export_views",
    "fault_of_mark",
    "fault_of_read",
    "faults_of_added",
    "fill_outbox",
    "find_alert",
    "fold",
    "forget_alerts",
    "forget_days",
    "forget_plans",
    "forget_runs",
    "forget_tasks",
    "hand_to_queue",
    "hand_to_table",
    "hand_to_topic",
    "hand_to_web",
    "handed_lists",
    "held",
    "history_of_person",
    "is_stale",
    "is_started",
    "json_object",
    "keep_value",
    "kept_value",
    "known_keys",
    "known_keys_of",
    "known_runs",
    "lease_of",
    "like_tasks_of",
    "list_open_work",
    "locked",
    "missing_extra",
    "names_told",
    "note_declined",
    "note_handed",
    "note_list",
    "note_read",
    "note_seen",
    "note_told",
    "note_untold",
    "one_at_a_time",
    "open_alerts",
    "open_among",
    "open_store",
    "open_work_of",
    "opened_post",
    "parse_duration",
    "parse_moment",
    "parse_requirement",
    "passed_through",
    "people_in_alerts",
    "people_in_history",
    "people_tables",
    "place_files",
    "plain_row",
    "plain_time",
    "planned_for",
    "planned_work",
    "plans_known_since",
    "post_to_web",
    "publish_plan",
    "reach_amqp",
    "reach_database",
    "reach_kafka",
    "reach_mail",
    "reach_web",
    "read_actuals",
    "read_added_tasks",
    "read_begun",
    "read_calendars",
    "read_csv_rows",
    "read_days",
    "read_figures",
    "read_file",
    "read_further",
    "read_in_parts",
    "read_kinds",
    "read_mapping",
    "read_planned",
    "read_publications",
    "read_record",
    "read_rejects",
    "read_rules",
    "read_snapshot",
    "read_tables",
    "read_targets",
    "read_told",
    "read_toml",
    "records_of_person",
    "refresh_actuals",
    "refuse_early",
    "rejected_operations",
    "rename_in_alerts",
    "rename_in_history",
    "renew_actuals",
    "require_folder",
    "restricted_pairs",
    "restricted_shifts",
    "retry_rejected",
    "rows_in_parts",
    "run_id_of",
    "save_alerts",
    "seen_runs",
    "send_operations",
    "send_people",
    "set_target",
    "settle",
    "settle_leases",
    "silences_at",
    "sla_us",
    "source_moments",
    "source_status",
    "take_body",
    "take_folder",
    "take_operation",
    "take_people_folder",
    "take_people_sql",
    "take_queue",
    "take_sql",
    "take_topic",
    "target_on",
    "task_frame",
    "task_history",
    "try_people_sql",
    "try_sql",
    "upgrade_store",
    "version_of",
    "waiting_messages",
    "waiting_rows",
    "with_presence",
    "with_tasks",
    "write_json",
    "write_log",
    "write_record",
    "write_sample",
    "write_snapshot",
    "write_tables",
    "write_template",
    "write_whole",
]

_MODULES = {
    "data.store.old_alerts": "forget_alerts people_in_alerts records_of_person rename_in_alerts",
    "data.store.alerts": (
        "actions_on add_action add_silence all_alerts end_silence find_alert note_seen open_alerts "
        "save_alerts seen_runs silences_at"
    ),
    "data.store.messages": "add_message count_untold names_told note_told note_untold waiting_messages",
    "data.intake.intake": "Counts Intake UnreadableSourceError",
    "data.intake.rejects": "Rejected rejected_operations retry_rejected",
    "data.template.template": "write_template",
    "data.feeds.folder": "RECEIPT take_folder",
    "data.feeds.handed": "send_operations send_people take_people_folder take_people_sql try_people_sql",
    "data.feeds.queue": "AmqpReading take_queue",
    "data.feeds.sql": "SqlReading take_sql try_sql",
    "data.feeds.topic": "KafkaReading take_topic",
    "data.intake.status": "OperationCounts SourceStatus is_stale source_moments source_status",
    "data.outlets.folder": "place_files require_folder",
    "data.outlets.mail": "MailServer PartlyTakenError Post Letter opened_post reach_mail",
    "data.outlets.queue": "QueueTarget hand_to_queue",
    "data.outlets.table": "TableTarget hand_to_table",
    "data.outlets.topic": "TopicTarget hand_to_topic",
    "data.outlets.web": "WebTarget hand_to_web post_to_web reach_web",
    "data.store.outbox": "count_waiting fill_outbox handed_lists note_handed note_list settle waiting_rows",
    "data.store.turns": "one_at_a_time",
    "data.store.people": "people_tables",
    "data.store.publications": "Publication Published current_publication planned_work publish_plan",
    "data.intake.actuals": "refresh_actuals renew_actuals",
    "data.intake.people": "act_on_tasks",
    "data.intake.apply": "apply_operations cursor_of known_keys note_read refuse_early",
    "data.intake.listed": "Listed list_open_work write_snapshot",
    "data.store.check": "Checked check_store",
    "data.store.done": "plans_known_since read_actuals read_begun read_kinds read_planned read_publications read_told",
    "data.store.forgetting": "forget_days forget_plans forget_tasks",
    "data.store.names": "people_in_history rename_in_history open_work_of history_of_person",
    "data.store.goals": "TARGET end_target read_targets set_target target_on",
    "data.store.history": "add_run day_of forget_runs known_keys_of known_runs read_days read_figures",
    "data.store.leases": (
        "Lease OpenTask add_leases end_leases lease_of note_declined open_among planned_for settle_leases"
    ),
    "data.feeds.web": "Received act_by_hand json_object take_body take_operation",
    "data.store.listing": "plain_row chosen_tasks count_tasks export_views task_frame task_history",
    "data.store.reach": "reach_database",
    "data.store.store": "Connection Store open_store",
    "data.store.upgrade": "upgrade_store",
}
"""The modules of names that need the extra `store`."""
_load = loaded_later(__name__, _MODULES)

_EXTRA = ("sqlalchemy", "alembic")


def __getattr__(name: str) -> object:
    """A name that is loaded when it is first asked for.

    Raises:
        MissingExtraError: what it needs is not installed.
    """
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise missing_extra("the task list", "store") from error
