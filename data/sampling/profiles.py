"""The profiles of a sample and the business it invents: clients, lines of work, skills, places and names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """The size and the shape of a sample."""

    name: str
    purpose: str
    tasks: int
    agents: int
    days: int
    mean_minutes: float
    """Mean standard handling time of a task in minutes."""
    requirements: int
    """Distinct skill requirements aimed at."""
    messy: bool = False
    """Whether rows that break rules are mixed in."""


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("desk", "a claims and service desk, one day", 3_000, 250, 1, 37.0, 90),
        Profile("insurer-day", "a large insurer, one day", 60_000, 5_000, 1, 40.0, 200),
        Profile("backlog", "a large insurer's backlog, one week", 800_000, 5_000, 5, 14.2, 200),
        Profile("telecom", "a telecom with regions, one week", 10_000_000, 50_000, 5, 11.0, 900),
        Profile("messy", "a small desk with every kind of bad row", 400, 40, 1, 37.0, 40, messy=True),
    )
}


@dataclass(frozen=True)
class Tenant:
    """A client whose work is done, with its share of the work, its service level and its fines."""

    name: str
    share: float
    sla_factor: float
    fine_factor: float
    departments: frozenset[str]


@dataclass(frozen=True)
class Line:
    """A line of work: each tenant that has it gets a process of its own, a shared one is for all."""

    name: str
    department: str
    share: float
    minutes: float
    sla_hours: float | None
    value: float
    penalty: float
    skills: str
    channel: str | None = None
    shared: bool = False

    @property
    def main_skill(self) -> str:
        """The first skill of the requirement."""
        return self._firsts[0]

    @property
    def companion_skills(self) -> tuple[str, ...]:
        """The other skills that the requirement asks for at the same time, the first of each choice."""
        return self._firsts[1:]

    @property
    def _firsts(self) -> tuple[str, ...]:
        return tuple(clause.split("|")[0].split(">=")[0] for clause in self.skills.split(";"))


DEPARTMENTS = (
    "claims",
    "policy-service",
    "underwriting",
    "health",
    "life",
    "finance",
    "mailroom",
    "complaints",
)
"""In the order in which a growing business gets them."""

TENANTS = (
    Tenant("aurelia", 0.5, 1.0, 1.0, frozenset(DEPARTMENTS)),
    Tenant("nordlicht", 0.3, 0.5, 2.5, frozenset(DEPARTMENTS) - {"life", "health"}),
    Tenant("pontes", 0.2, 1.5, 0.6, frozenset(DEPARTMENTS) - {"underwriting", "finance"}),
)

LINES = (
    Line("motor-claim", "claims", 10, 35, 120, 60, 40, "motor"),
    Line("glass-claim", "claims", 5, 12, 48, 25, 15, "motor|property"),
    Line("property-claim", "claims", 8, 50, 240, 80, 60, "property"),
    Line("liability-claim", "claims", 4, 75, 336, 120, 90, "liability>=2"),
    Line("travel-claim", "claims", 3, 25, 120, 35, 20, "travel"),
    Line("fraud-check", "claims", 1.5, 110, 240, 220, 50, "fraud>=2;authority"),
    Line("contract-change", "policy-service", 9, 14, 120, 20, 8, "contracts"),
    Line("cancellation", "policy-service", 5, 9, 72, 30, 25, "contracts"),
    Line("billing-query", "policy-service", 5, 12, 48, 18, 10, "billing"),
    Line("callback", "policy-service", 4, 10, 4, 22, 12, "contracts|billing", channel="phone"),
    Line("address-change", "policy-service", 6, 5, 240, 8, 2, "master-data|contracts", shared=True),
    Line("data-cleanup", "policy-service", 2, 15, None, 6, 0, "master-data", shared=True),
    Line("quote", "underwriting", 7, 20, 24, 70, 15, "underwriting"),
    Line("endorsement", "underwriting", 6, 15, 72, 35, 12, "underwriting"),
    Line("risk-survey", "underwriting", 2, 120, 504, 260, 70, "risk-survey;underwriting>=2"),
    Line("health-invoice", "health", 10, 8, 120, 14, 9, "health"),
    Line("care-level", "health", 2, 60, 504, 110, 80, "care>=2"),
    Line("life-application", "life", 4, 55, 240, 130, 30, "life"),
    Line("pension-payout", "life", 3, 65, 336, 140, 110, "pensions"),
    Line("medical-review", "life", 2.5, 80, 240, 150, 60, "medical;life|pensions"),
    Line("payout-release", "finance", 5, 7, 8, 40, 30, "payments;authority"),
    Line("dunning", "finance", 4, 10, 168, 16, 4, "collections|payments"),
    Line("indexing", "mailroom", 8, 3, 4, 5, 3, "indexing", channel="mail", shared=True),
    Line("returned-mail", "mailroom", 2, 4, None, 3, 0, "indexing", channel="mail", shared=True),
    Line("complaint", "complaints", 2.5, 45, 72, 90, 75, "complaints"),
    Line("ombudsman-case", "complaints", 0.5, 150, 336, 300, 250, "complaints>=2;legal"),
)

MAIN_SKILLS = tuple(dict.fromkeys(line.main_skill for line in LINES))
LANGUAGES = ("lang-en", "lang-fr", "lang-pl", "lang-tr")
CROSS_SKILLS = ("authority", "legal", *LANGUAGES, *(f"client-{tenant.name}" for tenant in TENANTS))
"""Skills that any department may ask for beside its own."""

SEGMENTS = ("platinum", "gold", "silver")
SEGMENT_SHARES = (0.1, 0.3, 0.6)
SEGMENT_VALUES = (3.0, 1.5, 1.0)
CHANNELS = ("mail", "web", "app", "phone", "branch")
"""The first three are open at night and on Sundays."""

SITES = (
    ("Hamburg", "Kontor Services"),
    ("Łódź", "Wisła Partners"),
    ("Köln", "Kontor Services"),
    ("Porto", "Ribeira Desk"),
    ("Leipzig", "Kontor Services"),
    ("Kraków", "Wisła Partners"),
    ("Évora", "Ribeira Desk"),
    ("Zürich", "Kontor Services"),
)
"""Sites with their organisation."""

HOURLY_COST = {"Kontor Services": 44.0, "Wisła Partners": 27.0, "Ribeira Desk": 24.0}


@dataclass(frozen=True)
class Pattern:
    """A usual working day in minutes after local midnight; a night shift ends after 1440."""

    share: float
    start: int
    end: int
    break_start: int | None = None
    takes_calls: bool = False
    off_share: float = 0.03
    """How often such a day is taken off."""


PATTERNS = (
    Pattern(0.45, 8 * 60, 16 * 60 + 30, 12 * 60, takes_calls=True),
    Pattern(0.25, 6 * 60, 14 * 60 + 30, 10 * 60 + 30, takes_calls=True),
    Pattern(0.13, 12 * 60 + 30, 21 * 60, 17 * 60, takes_calls=True),
    Pattern(0.08, 8 * 60 + 30, 13 * 60, off_share=0.25),
    Pattern(0.04, 13 * 60, 18 * 60, off_share=0.25),
    Pattern(0.05, 22 * 60, 30 * 60, 25 * 60),
)
BREAK_MINUTES = 30
MEETING = (9 * 60 + 30, 10 * 60)
"""The team meeting on Mondays."""

GIVEN_NAMES = (
    "Aylin",
    "Zoë",
    "Łucja",
    "Mehmet",
    "Søren",
    "Inês",
    "João",
    "Małgorzata",
    "Jürgen",
    "Chloé",
    "Nuno",
    "Ewa",
    "Björn",
    "Fatma",
    "Élodie",
    "Tomasz",
    "Anaïs",
    "Karim",
    "Lena",
    "Paweł",
    "Beatriz",
    "Hüseyin",
    "Maja",
    "Luís",
    "Ingrid",
    "Amadou",
    "Sofía",
    "Đorđe",
    "Zuzana",
    "Miloš",
    "Priya",
    "Wei",
    "Yuki",
    "Ngozi",
    "Oleksandr",
    "Ирина",
    "Γιώργος",
    "Nadia",
    "Tiago",
    "Katarzyna",
)
FAMILY_NAMES = (
    "Müller",
    "Nowak",
    "Ferreira",
    "Yılmaz",
    "Özdemir",
    "Kowalczyk",
    "Sørensen",
    "Gonçalves",
    "Wiśniewska",
    "Schröder",
    "Dubois",
    "Lefèvre",
    "Çelik",
    "Weiß",
    "Åkesson",
    "Novák",
    "Kovač",
    "Petrović",
    "Santos",
    "Magalhães",
    "Zieliński",
    "Łukasik",
    "Bäcker",
    "Haddad",
    "Diallo",
    "Okafor",
    "Nguyễn",
    "Tanaka",
    "Chen",
    "Sharma",
    "Papadopoulos",
    "Шевченко",
    "Horváth",
    "Sánchez",
    "Ó'Brien",
    "Krüger",
    "Brandão",
    "Jansen",
    "Kaya",
    "Popescu",
)
