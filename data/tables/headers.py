"""German and Chinese names of sheets, columns, keys and values, in addition to the contract's names.

The contract's names take precedence: another name counts only if the contract's is missing. The first name of a
language is the one that the template uses.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from types import MappingProxyType

from data.tables.schemas import SHIFT_KINDS, STATUSES, TableSchema, loose

Names = Mapping[str, str]
"""Contract names, with what they are called: names of one language apart by ``|``."""

TEMPLATE_LANGUAGES = ("en", "de", "zh")
"""The languages of the template, and of what is understood when reading."""

_PERSON = {"de": "Bearbeiter|Mitarbeiter|Mitarbeiterin|Person|Personalnummer", "zh": "人员编号|人员|员工|员工编号|工号"}

SHEETS: Mapping[str, Names] = {
    "de": {
        "snapshot": "Stand|Einstellungen",
        "tasks": "Aufgaben|Arbeitsvorrat",
        "processes": "Vorgänge|Prozesse",
        "agents": "Mitarbeiter|Bearbeiter|Personen|Personal",
        "agent_skills": "Können|Qualifikationen|Mitarbeiterfähigkeiten",
        "shifts": "Schichten|Dienste|Schichtplan|Dienstplan",
        "pairs": "Paare|Sonderfälle",
        "absences": "Abwesenheiten|Urlaub|Fehlzeiten",
        "weekly_shifts": "Wochenschichten|Wochenplan",
        "skills": "Fähigkeiten|Fähigkeitenmatrix|Qualifikationsmatrix",
        "help": "Hilfe",
    },
    "zh": {
        "snapshot": "快照|设置",
        "tasks": "任务|待办任务",
        "processes": "流程|流程类型",
        "agents": "人员|员工|坐席",
        "agent_skills": "人员技能|员工技能",
        "shifts": "班次|排班",
        "pairs": "任务人员配对|配对",
        "absences": "缺勤|请假",
        "weekly_shifts": "每周班次|周班次",
        "skills": "技能矩阵|技能表",
        "help": "帮助",
    },
}

KEYS: Mapping[str, Names] = {
    "de": {
        "key": "Schlüssel|Einstellung",
        "value": "Wert",
        "as_of": "Stichzeit|Stand|Stichtag|Zeitpunkt",
        "horizon": "Planungsdauer|Horizont",
        "horizon_end": "Planungsende|Planen bis",
        "timezone": "Zeitzone",
    },
    "zh": {
        "key": "键|设置|项目",
        "value": "值|取值",
        "as_of": "快照时间|当前时间",
        "horizon": "计划时长|规划时长",
        "horizon_end": "计划结束|规划结束|计划截止",
        "timezone": "时区",
    },
}

COLUMNS: Mapping[str, Mapping[str, Names]] = {
    "de": {
        "tasks": {
            "task_id": "Aufgabe|Aufgabennummer|Aufgaben-Nr|Aufgaben-Nr.|Aufgaben-ID",
            "process": "Vorgang|Prozess|Vorgangsart|Aufgabenart",
            "tenant": "Mandant|Auftraggeber",
            "department": "Abteilung|Fachbereich",
            "segment": "Segment|Kundensegment|Kundengruppe",
            "channel": "Kanal|Eingangskanal",
            "created_at": "Erstellt|Erstellt am|Eingang|Eingegangen|Eingegangen am|Eingangsdatum",
            "due_at": "Fällig|Fällig am|Fällig bis|Fälligkeit|Frist|Termin",
            "not_before": "Nicht vor|Frühester Beginn|Frühestens|Wiedervorlage",
            "expires_at": "Verfällt|Verfällt am|Läuft ab|Ablauf",
            "value": "Wert|Geschäftswert",
            "penalty": "Strafe|Vertragsstrafe|Pönale",
            "minutes": "Minuten|Bearbeitungszeit|Dauer|Dauer (min)|Bearbeitungsdauer",
            "skills": "Fähigkeiten|Fähigkeit|Qualifikation|Qualifikationen",
            "status": "Status|Zustand",
            "agent_id": _PERSON["de"],
            "requested_agent": "Wunschbearbeiter|Gewünschter Bearbeiter|Wunschmitarbeiter",
        },
        "processes": {
            "process": "Vorgang|Prozess|Vorgangsart|Aufgabenart",
            "department": "Abteilung|Fachbereich",
            "tenant": "Mandant|Auftraggeber",
            "channel": "Kanal|Eingangskanal",
            "minutes": "Minuten|Bearbeitungszeit|Dauer|Dauer (min)|Bearbeitungsdauer",
            "sla_minutes": "SLA-Minuten|SLA (min)|Frist in Minuten|Frist (min)",
            "value": "Wert|Geschäftswert",
            "penalty": "Strafe|Vertragsstrafe|Pönale",
            "skills": "Fähigkeiten|Fähigkeit|Qualifikation|Qualifikationen",
            "calendar": "Kalender|Geschäftskalender",
        },
        "agents": {
            "agent_id": _PERSON["de"] + "|Personal-Nr|Personal-Nr.",
            "name": "Name|Vollständiger Name",
            "team": "Team|Gruppe",
            "site": "Standort",
            "organisation": "Organisation|Firma|Arbeitgeber",
            "cost_per_hour": "Stundensatz|Kosten pro Stunde|Kosten je Stunde",
            "max_utilization": "Auslastung|Max. Auslastung|Maximale Auslastung|Höchste Auslastung",
            "max_tasks": "Höchstzahl|Max. Aufgaben|Maximale Aufgaben|Höchstzahl Aufgaben",
        },
        "agent_skills": {
            "agent_id": _PERSON["de"],
            "skill": "Fähigkeit|Qualifikation",
            "level": "Stufe|Niveau",
            "efficiency": "Effizienz|Tempo",
        },
        "shifts": {
            "agent_id": _PERSON["de"],
            "start": "Beginn|Anfang|Von",
            "end": "Ende|Bis",
            "kind": "Art|Typ",
        },
        "pairs": {
            "task_id": "Aufgabe|Aufgabennummer|Aufgaben-Nr|Aufgaben-Nr.|Aufgaben-ID",
            "agent_id": _PERSON["de"],
            "allowed": "Erlaubt|Zulässig",
            "minutes": "Minuten|Bearbeitungszeit|Dauer|Dauer (min)|Bearbeitungsdauer",
            "bonus": "Bonus|Zuschlag",
        },
        "absences": {
            "agent_id": _PERSON["de"],
            "start": "Beginn|Anfang|Von|Erster Tag",
            "end": "Ende|Bis|Letzter Tag",
            "kind": "Art|Typ|Grund",
        },
        "weekly_shifts": {
            "agent_id": _PERSON["de"],
            "weekday": "Wochentag|Wochentage|Tag|Tage",
            "start": "Beginn|Anfang|Von",
            "end": "Ende|Bis",
            "kind": "Art|Typ",
        },
    },
    "zh": {
        "tasks": {
            "task_id": "任务编号|任务|任务号|任务ID",
            "process": "流程|流程类型|业务流程",
            "tenant": "租户|客户|委托方",
            "department": "部门",
            "segment": "客户等级|客户细分|客户分类",
            "channel": "渠道",
            "created_at": "创建时间|创建日期|进件时间",
            "due_at": "截止时间|截止日期|到期时间|期限",
            "not_before": "最早开始|最早开始时间",
            "expires_at": "失效时间|过期时间",
            "value": "价值|业务价值",
            "penalty": "罚金|违约金",
            "minutes": "分钟|分钟数|处理时长|处理时间",
            "skills": "技能|技能要求|所需技能",
            "status": "状态",
            "agent_id": "人员|人员编号|员工|处理人|工号",
            "requested_agent": "指定人员|首选人员|指定处理人",
        },
        "processes": {
            "process": "流程|流程类型|业务流程",
            "department": "部门",
            "tenant": "租户|客户|委托方",
            "channel": "渠道",
            "minutes": "分钟|分钟数|处理时长|处理时间",
            "sla_minutes": "SLA分钟|时限分钟|SLA时限",
            "value": "价值|业务价值",
            "penalty": "罚金|违约金",
            "skills": "技能|技能要求|所需技能",
            "calendar": "日历|工作日历",
        },
        "agents": {
            "agent_id": _PERSON["zh"],
            "name": "姓名|名称|名字",
            "team": "团队|小组|班组",
            "site": "地点|站点",
            "organisation": "组织|公司|单位",
            "cost_per_hour": "每小时成本|小时成本",
            "max_utilization": "最高利用率|利用率|最大利用率",
            "max_tasks": "最多任务|最多任务数|任务上限",
        },
        "agent_skills": {
            "agent_id": _PERSON["zh"],
            "skill": "技能|技能名称",
            "level": "等级|级别",
            "efficiency": "效率",
        },
        "shifts": {
            "agent_id": _PERSON["zh"],
            "start": "开始|开始时间|上班时间",
            "end": "结束|结束时间|下班时间",
            "kind": "类型|种类",
        },
        "pairs": {
            "task_id": "任务编号|任务|任务号|任务ID",
            "agent_id": _PERSON["zh"],
            "allowed": "允许|是否允许",
            "minutes": "分钟|分钟数|处理时长|处理时间",
            "bonus": "奖励|加分",
        },
        "absences": {
            "agent_id": _PERSON["zh"],
            "start": "开始|开始时间|开始日期",
            "end": "结束|结束时间|结束日期",
            "kind": "类型|种类|原因",
        },
        "weekly_shifts": {
            "agent_id": _PERSON["zh"],
            "weekday": "星期|周几|工作日",
            "start": "开始|开始时间|上班时间",
            "end": "结束|结束时间|下班时间",
            "kind": "类型|种类",
        },
    },
}

_ENGLISH: Mapping[str, Names] = {
    "absences": {"agent_id": "person|agent"},
    "weekly_shifts": {"agent_id": "person|agent", "weekday": "weekdays|day|days"},
}
"""Other English names, for the sheets that are the contract's no tables."""

VALUES: Mapping[str, Mapping[str, Names]] = {
    "de": {
        "status": {
            "new": "neu",
            "captured": "erfasst",
            "queued": "offen|wartend|in Warteschlange|eingereiht",
            "assigned": "zugewiesen|zugeteilt",
            "in_progress": "in Arbeit|in Bearbeitung|begonnen",
            "held": "zurückgestellt|angehalten|ruhend",
            "errorheld": "gestört|Fehler|wegen Fehler angehalten",
            "completed": "erledigt|abgeschlossen|fertig",
            "canceled": "storniert|abgebrochen",
            "rejected": "abgelehnt|zurückgewiesen",
        },
        "kind": {
            "work": "Arbeit|Dienst|Arbeitszeit",
            "break": "Pause|Mittagspause|Mittag",
            "reserved": "reserviert|Besprechung|Termin|Telefondienst|Schulung|Urlaub|krank|abwesend|frei",
        },
        "allowed": {"true": "ja", "false": "nein"},
    },
    "zh": {
        "status": {
            "new": "新建|新",
            "captured": "已录入",
            "queued": "排队中|待处理|排队|未处理",
            "assigned": "已分配|已指派",
            "in_progress": "处理中|进行中",
            "held": "挂起|暂停|搁置",
            "errorheld": "错误挂起|异常挂起",
            "completed": "已完成|完成",
            "canceled": "已取消|取消",
            "rejected": "已拒绝|拒绝",
        },
        "kind": {
            "work": "工作|上班|班次",
            "break": "休息|午休",
            "reserved": "预留|会议|培训|请假|休假|病假|缺勤",
        },
        "allowed": {"true": "是", "false": "否"},
    },
}
"""The texts of columns with choices, and of flags."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_CHOICES: Mapping[str, tuple[str, ...]] = {"status": STATUSES, "kind": SHIFT_KINDS, "allowed": ("true", "false")}


def spelling(name: str) -> str:
    """The normalized name: without case, spaces, ``_ - /``, and with ä written as ae."""
    return loose(unicodedata.normalize("NFC", name)).translate(_UMLAUTS)


@cache
def column_names(table: TableSchema) -> Mapping[str, str]:
    """The column that each spelling means, contract names and others."""
    others = [_ENGLISH, *COLUMNS.values()]
    return _meanings(table.names, [named.get(table.name, {}) for named in others])


@cache
def key_names() -> Mapping[str, str]:
    """The setting (or ``key``, ``value``) that each spelling means."""
    return _meanings(next(iter(KEYS.values())), list(KEYS.values()))


@cache
def sheet_names() -> Mapping[str, str]:
    """The table (``snapshot``, ``help``) that each spelling means."""
    return _meanings(next(iter(SHEETS.values())), list(SHEETS.values()))


@cache
def value_names(column: str) -> Mapping[str, str]:
    """The choice that each spelling in another language means."""
    named = [names[column] for names in VALUES.values()]
    meant = _meanings(_CHOICES[column], named)
    return MappingProxyType({text: choice for text, choice in meant.items() if text != spelling(choice)})


def columns_of(table: TableSchema, headers: Iterable[str]) -> list[str | None]:
    """The column that each header means; ``None`` for unknown headers, and if the contract's own name is there too."""
    headers = list(headers)
    own = {loose(name): name for name in table.names}
    exact = {own[loose(header)] for header in headers if loose(header) in own}
    meant = []
    for header in headers:
        name = own.get(loose(header))
        other = column_names(table).get(spelling(header))
        meant.append(name if name is not None else other if other not in exact else None)
    return meant


def own_name(header: str, taken: Collection[str] = ()) -> str:
    """The name of a column that is none of the contract's: its header, after ``x_`` where that name cannot be used.

    That is so where it is ``taken``, is one that polars reads as a pattern of names (``*``, ``^...$``), or begins as
    the names of our own columns beside the contract's do.
    """
    pattern = header == "*" or (header.startswith("^") and header.endswith("$"))
    name = f"x_{header}" if pattern or header.startswith("\0") else header
    while name in taken:
        name = f"x_{name}"
    return name


def called(names: Names, name: str) -> str:
    """Its name in the template: the first of its names, or the contract's."""
    return names.get(name, name).split("|", maxsplit=1)[0]


def _meanings(own: Iterable[str], others: Iterable[Names]) -> Mapping[str, str]:
    """What each spelling means; where names meet, the contract's wins, then the language that comes first."""
    meant: dict[str, str] = {spelling(name): name for name in own}
    for names in others:
        for name, texts in names.items():
            for text in texts.split("|"):
                meant.setdefault(spelling(text), name)
    return MappingProxyType(meant)
