"""The template's texts in German and Chinese; the English texts are in the code."""

from collections.abc import Mapping

from data.tables.headers import TEMPLATE_LANGUAGES

_TEXTS: Mapping[str, tuple[str, str]] = {
    # kinds of content
    "text": ("Text", "文本"),
    "skills": ("Fähigkeiten", "技能"),
    "date and time": ("Datum und Uhrzeit", "日期和时间"),
    "number": ("Zahl", "数字"),
    "whole number": ("ganze Zahl", "整数"),
    "true or false": ("ja oder nein", "是或否"),
    # the help sheet
    "A snapshot for allot": ("Ein Stand für allot", "给 allot 的快照"),
    "sheet": ("Blatt", "工作表"),
    "column": ("Spalte", "列"),
    "required": ("Pflicht", "必填"),
    "content": ("Inhalt", "内容"),
    "unit": ("Einheit", "单位"),
    "meaning": ("Bedeutung", "含义"),
    "empty means": ("leer heißt", "空表示"),
    "allowed": ("erlaubt", "允许"),
    "yes": ("ja", "是"),
    "min": ("min", "分钟"),
    "points": ("Punkte", "分"),
    "per hour": ("je Stunde", "每小时"),
    "listed in sheet {sheet}": ("steht im Blatt {sheet}", "在工作表“{sheet}”中列出"),
    "at least {low}": ("mindestens {low}", "至少 {low}"),
    "above {low}": ("über {low}", "大于 {low}"),
    "at most {high}": ("höchstens {high}", "至多 {high}"),
    "{low} and {high}": ("{low} und {high}", "{low}，{high}"),
    "Content: {kind}": ("Inhalt: {kind}", "内容：{kind}"),
    "(required)": ("(Pflicht)", "（必填）"),
    "Allowed: {values}": ("Erlaubt: {values}", "允许：{values}"),
    "Empty means: {value}": ("Leer heißt: {value}", "空表示：{value}"),
    "Not in the list": ("Nicht in der Liste", "不在列表中"),
    "This value is not in the list. Keep it all the same?": (
        "Dieser Wert steht nicht in der Liste. Trotzdem behalten?",
        "该值不在列表中。仍要保留吗？",
    ),
    "One row per task, process, agent, skill of an agent, shift and special pair. "
    "The rows in grey italics are examples: overwrite or delete them.": (
        "Je eine Zeile für Aufgabe, Vorgang, Mitarbeiter, Fähigkeit eines Mitarbeiters, Schicht und Sonderfall. "
        "Die grauen, kursiven Zeilen sind Beispiele: überschreiben oder löschen.",
        "每个任务、流程、人员、人员技能、班次和特殊配对各占一行。灰色斜体的行是示例：请覆盖或删除。",
    ),
    "Keep the first row of every sheet. A dark header is a required column. "
    "Columns of your own may be added; they are passed on to the plan.": (
        "Die erste Zeile jedes Blatts bleibt. Dunkle Überschriften sind Pflichtspalten. "
        "Eigene Spalten sind erlaubt und gehen in den Plan über.",
        "请保留每张工作表的首行。深色表头是必填列。可以添加自己的列，它们会带入计划。",
    ),
    "Times are local to the time zone in sheet '{sheet}'. Ids are text: leading zeros stay.": (
        "Zeiten gelten in der Zeitzone aus dem Blatt „{sheet}“. Nummern sind Text: führende Nullen bleiben.",
        "时间为工作表“{sheet}”中所写时区的当地时间。编号是文本：保留前导零。",
    ),
    "The sheets {sheets} are for planning by hand and may stay empty: days off, shifts that come back every week, "
    "and people down with skills across.": (
        "Die Blätter {sheets} sind für die Planung von Hand und dürfen leer bleiben: freie Tage, Schichten, die jede "
        "Woche wiederkehren, und Mitarbeiter (Zeilen) mit Fähigkeiten (Spalten).",
        "工作表{sheets}用于手工排班，可以留空：请假、每周重复的班次，以及人员为行、技能为列的矩阵。",
    ),
    "Point at a header to read about its column, or look it up below. Then run: allot plan FILE.xlsx --out RUN_DIR": (
        "Zeigen Sie auf eine Überschrift, um mehr zu lesen, oder sehen Sie unten nach. "
        "Dann: allot plan DATEI.xlsx --out ORDNER",
        "将鼠标指向表头可查看该列说明，或在下方查找。然后运行：allot plan 文件.xlsx --out 目录",
    ),
    # settings
    "The moment of the snapshot, in the time zone below (or give --as-of when planning).": (
        "Der Zeitpunkt des Stands, in der Zeitzone unten (oder beim Planen --as-of angeben).",
        "快照的时刻，按下面的时区（或在计划时给出 --as-of）。",
    ),
    "How far to plan, such as 90m, 10h or 5d; or a row {key} with a moment instead.": (
        "Wie weit geplant wird, etwa 90m, 10h oder 5d; oder stattdessen eine Zeile {key} mit einem Zeitpunkt.",
        "计划多长时间，例如 90m、10h 或 5d；也可改为一行“{key}”写明时刻。",
    ),
    "IANA name of the time zone that all times are in; without this row: UTC.": (
        "IANA-Name der Zeitzone aller Zeiten; ohne diese Zeile: UTC.",
        "所有时间所在时区的 IANA 名称；没有这一行则为 UTC。",
    ),
    # columns
    "Unique name of the task.": ("Eindeutiger Name der Aufgabe.", "任务的唯一名称。"),
    "Kind of work: a row of processes.": ("Art der Arbeit: eine Zeile der Vorgänge.", "工作类型：流程表中的一行。"),
    "Client the work is done for; empty: the process's.": (
        "Für wen gearbeitet wird; leer: wie im Vorgang.",
        "为哪个客户工作；空：同流程。",
    ),
    "Department that answers for it; empty: the process's.": (
        "Zuständige Abteilung; leer: wie im Vorgang.",
        "负责的部门；空：同流程。",
    ),
    "Customer segment, such as gold.": ("Kundensegment, etwa Gold.", "客户等级，例如金卡。"),
    "How it came in; empty: the process's.": (
        "Wie sie eingegangen ist; leer: wie im Vorgang.",
        "来源渠道；空：同流程。",
    ),
    "When it entered the business.": ("Wann sie eingegangen ist.", "进入业务的时间。"),
    "SLA deadline; empty: created_at + the process's sla_minutes; neither: no deadline.": (
        "Frist; leer: Eingang + SLA-Minuten des Vorgangs; beides leer: keine Frist.",
        "时限；空：创建时间加流程的 SLA 分钟；都没有则无时限。",
    ),
    "No work on it earlier than this.": ("Vorher wird nicht daran gearbeitet.", "在此之前不处理。"),
    "Nothing is earned after this.": ("Danach bringt sie nichts mehr.", "此后不再产生价值。"),
    "Business value of finishing it; empty: the process's, else the policy's.": (
        "Wert der Erledigung; leer: der des Vorgangs, sonst der der Richtlinie.",
        "完成的业务价值；空：同流程，否则同策略。",
    ),
    "Fine when the SLA is missed; empty: the process's, else 0.": (
        "Strafe bei verpasster Frist; leer: die des Vorgangs, sonst 0.",
        "超时的罚金；空：同流程，否则为 0。",
    ),
    "Standard handling time (what remains, if in progress); empty: the process's.": (
        "Bearbeitungszeit (bei begonnener Arbeit der Rest); leer: die des Vorgangs.",
        "标准处理时间（进行中的为剩余时间）；空：同流程。",
    ),
    "a>=2;b;c|d is a at level 2 or more AND b AND (c or d); empty: the process's.": (
        "a>=2;b;c|d heißt a ab Stufe 2 UND b UND (c oder d); leer: wie im Vorgang.",
        "a>=2;b;c|d 表示 a 达到 2 级以上，且有 b，且有 c 或 d；空：同流程。",
    ),
    "Where the task stands.": ("Wie weit die Aufgabe ist.", "任务的状态。"),
    "Who has it now, for assigned and in_progress.": (
        "Wer sie gerade hat, bei zugewiesen und in Arbeit.",
        "目前由谁处理，用于已分配和处理中。",
    ),
    "Agent the customer would like: preferred, not required.": (
        "Wunsch des Kunden: bevorzugt, nicht zwingend.",
        "客户希望的人员：优先，但非必须。",
    ),
    "Unique name of the process.": ("Eindeutiger Name des Vorgangs.", "流程的唯一名称。"),
    "Department of its tasks.": ("Abteilung seiner Aufgaben.", "其任务所属部门。"),
    "Client of its tasks.": ("Mandant seiner Aufgaben.", "其任务的租户。"),
    "Channel of its tasks.": ("Kanal seiner Aufgaben.", "其任务的渠道。"),
    "Standard handling time of a task.": ("Bearbeitungszeit einer Aufgabe.", "任务的标准处理时间。"),
    "A task is due this long after created_at; empty: no deadline.": (
        "So lange nach Eingang ist eine Aufgabe fällig; leer: keine Frist.",
        "任务在创建后多久到期；空：无时限。",
    ),
    "Business value of finishing a task; empty: the policy's.": (
        "Wert einer erledigten Aufgabe; leer: der der Richtlinie.",
        "完成一个任务的业务价值；空：同策略。",
    ),
    "Fine when a task misses its SLA; empty: 0.": (
        "Strafe, wenn eine Aufgabe ihre Frist verpasst; leer: 0.",
        "任务超时的罚金；空：0。",
    ),
    "Skills a task needs: a>=2;b;c|d is a at level 2 or more AND b AND (c or d).": (
        "Nötige Fähigkeiten: a>=2;b;c|d heißt a ab Stufe 2 UND b UND (c oder d).",
        "任务需要的技能：a>=2;b;c|d 表示 a 达到 2 级以上，且有 b，且有 c 或 d。",
    ),
    "Calendar on which sla_minutes count; empty: the tenant's, else the policy's default.": (
        "Kalender, auf dem die SLA-Minuten zählen; leer: der des Mandanten, sonst der übliche der Richtlinie.",
        "计算 SLA 分钟所用的日历；空：租户的，否则策略的默认日历。",
    ),
    "Unique name of the agent.": ("Eindeutige Nummer oder eindeutiger Name.", "人员的唯一编号。"),
    "Name people know the agent by.": ("Name, unter dem man die Person kennt.", "大家称呼的姓名。"),
    "Team.": ("Team.", "团队。"),
    "Site.": ("Standort.", "地点。"),
    "Employer, such as a contractor.": ("Arbeitgeber, etwa ein Dienstleister.", "所属单位，例如外包公司。"),
    "Cost of an hour of work.": ("Kosten einer Arbeitsstunde.", "每小时工作的成本。"),
    "Share of the working time that is planned, such as 0.9.": (
        "Anteil der Arbeitszeit, der verplant wird, etwa 0,9 oder 90 %.",
        "可排入计划的工时比例，例如 0.9。",
    ),
    "Most tasks planned for the agent; empty: no limit.": (
        "Höchstens so viele Aufgaben; leer: keine Grenze.",
        "最多安排的任务数；空：不限。",
    ),
    "The agent.": ("Der Mitarbeiter.", "人员。"),
    "The skill.": ("Die Fähigkeit.", "技能。"),
    "How well: 1 or more.": ("Wie gut: 1 oder mehr.", "熟练程度：1 或以上。"),
    "Speed: 2 takes half the standard handling time.": (
        "Tempo: 2 braucht die halbe Bearbeitungszeit.",
        "速度：2 表示只用一半的标准处理时间。",
    ),
    "Start of the stretch.": ("Beginn der Zeit.", "时段的开始。"),
    "End of the stretch, exclusive.": ("Ende der Zeit.", "时段的结束。"),
    "work, break or reserved (time kept for calls and meetings).": (
        "Arbeit, Pause oder reserviert (Zeit für Anrufe und Besprechungen).",
        "工作、休息或预留（用于电话和会议的时间）。",
    ),
    "The task.": ("Die Aufgabe.", "任务。"),
    "false: this agent must not do this task.": (
        "nein: Dieser Mitarbeiter darf diese Aufgabe nicht bearbeiten.",
        "否：该人员不得处理该任务。",
    ),
    "Replaces the computed duration for this pair.": (
        "Ersetzt die berechnete Dauer für dieses Paar.",
        "替代该配对计算出的时长。",
    ),
    "Added to the payoff when this agent does this task.": (
        "Zuschlag, wenn dieser Mitarbeiter diese Aufgabe erledigt.",
        "该人员处理该任务时的加分。",
    ),
    "Who is away: the id, or the name.": ("Wer fehlt: Nummer oder Name.", "谁缺勤：编号或姓名。"),
    "From when: a day, or a day and a time.": (
        "Ab wann: ein Tag, oder Tag und Uhrzeit.",
        "从何时：日期，或日期和时间。",
    ),
    "Until when; a day without a time (or at 00:00) is away to its end.": (
        "Bis wann; ein Tag ohne Uhrzeit (oder mit 00:00) zählt ganz.",
        "到何时；只写日期（或 00:00）则包括当天整天。",
    ),
    "Why, in any words: holiday, ill, training.": (
        "Warum, in eigenen Worten: Urlaub, krank, Schulung.",
        "原因，任意填写：休假、病假、培训。",
    ),
    "Who works: the id, or the name.": ("Wer arbeitet: Nummer oder Name.", "谁上班：编号或姓名。"),
    "Mon, or several: Mon-Fri, Mon Wed.": ("Mo, oder mehrere: Mo-Fr, Mo Mi.", "周一，或多天：周一至周五、周一 周三。"),
    "Start on that day, such as 08:00.": ("Beginn an dem Tag, etwa 08:00.", "当天的开始时间，例如 08:00。"),
    "End; not after the start means the next day: 22:00 to 06:00.": (
        "Ende; nicht nach dem Beginn heißt am nächsten Tag: 22:00 bis 06:00.",
        "结束时间；不晚于开始表示次日：22:00 至 06:00。",
    ),
    "People down, skills across: in a cell the level, or x for 1; empty is not able.": (
        "Mitarbeiter in den Zeilen, Fähigkeiten in den Spalten: in der Zelle die Stufe, oder x für 1; leer: kann es "
        "nicht.",
        "人员为行，技能为列：单元格写等级，或写 x 表示 1 级；空表示不具备。",
    ),
    "a skill in each column": ("je Spalte eine Fähigkeit", "每列一项技能"),
    "Mon,Tue,Wed,Thu,Fri,Sat,Sun,Mon-Fri": (
        "Mo,Di,Mi,Do,Fr,Sa,So,Mo-Fr",
        "周一,周二,周三,周四,周五,周六,周日,周一至周五",
    ),
}


def text_in(language: str, text: str, **parts: str) -> str:
    """The text in a language of the template, its ``{parts}`` filled in; one that it lacks stays English."""
    if language != "en" and text in _TEXTS:
        text = _TEXTS[text][TEMPLATE_LANGUAGES.index(language) - 1]
    return text.format(**parts) if parts else text
