"""Parses moments and lengths of time, and converts moments to UTC.

A time without an offset is in the snapshot's time zone. A local time that occurs twice means the
earlier one; one that is skipped is a bad value.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import polars as pl

from models import Code, Message, UnreadableError, nearest

_ISO = (
    r"^(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<hour>[01]\d|2[0-4]):(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r" ?(?P<offset>[Zz]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$"
)
"""ISO 8601 in its extended form: a day, or a day and a time, with or without an offset."""

_BASIC = (
    (r"^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(\d\d)", "${1}-${2}-${3}T${4}:${5}:${6}"),
    (r"^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)", "${1}-${2}-${3}T${4}:${5}"),
)
"""The beginning of a day and a time in the basic form, 20260105T080000, and the extended form of it."""

_USUAL = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:[0-5]\d$"

_EXAMPLE = "2026-01-05T08:00"
_DAY_US = 86_400_000_000
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def check_timezone(name: str) -> str:
    """The name itself when it is an IANA time zone.

    Raises:
        ValueError: it is not; the message names the nearest one.
    """
    try:
        ZoneInfo(name)
        pl.Series([datetime(2000, 1, 1)]).dt.replace_time_zone(name)  # noqa: DTZ001  polars knows fewer names
    except (ZoneInfoNotFoundError, ValueError, OSError, pl.exceptions.PolarsError) as error:
        hint = nearest(name, available_timezones())
        raise ValueError(f"'{name}' is not an IANA time zone such as Europe/Berlin{hint}") from error
    return name


def parse_moment(value: str | datetime | date, zone: str) -> datetime:
    """The moment in UTC that a text, a datetime or a day (its first moment) stands for.

    Raises:
        UnreadableError: the text is not ISO 8601, or the clock of the zone skips that time.
    """
    text = value if isinstance(value, str) else value.isoformat()
    texts = pl.Series([text.strip()])
    moment = parse_times(texts, zone).item()
    if moment is None:
        raise UnreadableError(explain_times(texts, zone)[0])
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)


def parse_times(texts: pl.Series, zone: str) -> pl.Series:
    """The moments in UTC of a series of texts; null where a text is not a time."""
    if texts.null_count() == len(texts):
        return texts.clear(len(texts)).cast(pl.Datetime("us", "UTC"))
    moments = _parse_usual(texts, zone)
    rest = (texts.is_not_null() & moments.is_null()).arg_true()
    return moments.scatter(rest, _parse_any(texts.gather(rest), zone)) if len(rest) else moments


def explain_times(texts: pl.Series, zone: str) -> list[Message]:
    """For each text that is not a time: why."""
    text, local = pl.col("text"), pl.col("local")
    why = (
        pl.when(text.str.contains(r"^\d+([.,]\d*)?$"))
        .then(pl.lit(Code.BARE_NUMBER.value))
        .when(text.str.contains(r"^\d+:[0-5]\d(:[0-5]\d)?$"))
        .then(pl.lit(Code.NO_DAY.value))
        .when(~_extended(text).str.contains(_ISO))
        .then(pl.lit(Code.NOT_A_TIME.value))
        .when(local.is_null())
        .then(pl.lit(Code.NOT_IN_CALENDAR.value))
        .otherwise(pl.lit(Code.SKIPPED_TIME.value))
    )
    codes = _split(texts).with_columns(text=texts).select(why).to_series()
    like_this, skipped = {"example": _EXAMPLE}, {"zone": zone}
    parts = {Code.NO_DAY: like_this, Code.NOT_A_TIME: like_this, Code.SKIPPED_TIME: skipped}
    found = ((Code(code), text) for code, text in zip(codes, texts, strict=True))
    return [Message(code, value=text, **parts.get(code, {})) for code, text in found]


def place(local: pl.Expr, zone: str) -> pl.Expr:
    """Local times of the zone in UTC: the earlier one of a time that occurs twice, null for one that is skipped."""
    placed = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC")


def calendar(zone: str) -> tuple[datetime, datetime]:
    """First and last moment that is taken: from 1900 to 9999, in UTC and on the clock of the zone."""
    last = datetime.max.replace(tzinfo=UTC)
    ahead = ZoneInfo(zone).utcoffset(datetime(9999, 12, 1)) or timedelta(0)  # noqa: DTZ001  a local time
    return EARLIEST, last - max(ahead, timedelta(0))


def end_of_calendar(moments: pl.Series, zone: str) -> pl.Series:
    """The moments, those up to a day after the calendar's last one moved to it.

    Systems write 9999-12-31 23:59:59 for "never", which in other time zones is in the year 10000.
    """
    last = pl.Series([calendar(zone)[1]], dtype=pl.Datetime("us", "UTC")).to_physical().item()
    beyond = moments.to_physical().is_between(last, last + _DAY_US, closed="right")
    return moments.set(beyond, calendar(zone)[1]) if beyond.any() else moments


def _parse_usual(texts: pl.Series, zone: str) -> pl.Series:
    """The moments of texts in the form that nearly all have: five times as fast as the general way."""
    usual = texts.set(~texts.str.contains(_USUAL), None).str.replace(" ", "T", literal=True)
    local = usual.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    return local.to_frame().select(place(pl.all(), zone)).to_series()


def _extended(text: pl.Expr) -> pl.Expr:
    """The text; if it is in the basic form of ISO 8601, in its extended form."""
    for basic, extended in _BASIC:
        text = text.str.replace(basic, extended)
    return text


def _parse_any(texts: pl.Series, zone: str) -> pl.Series:
    offset = pl.col("offset")
    exact = (pl.col("local") - _ahead(offset)).dt.replace_time_zone("UTC")
    moment = pl.when(offset.is_null()).then(place(pl.col("local"), zone)).otherwise(exact)
    return _split(texts).select(moment).to_series()


def _split(texts: pl.Series) -> pl.DataFrame:
    """Columns ``local`` (the time without its offset, null if unreadable) and ``offset`` (text or null)."""
    groups = (
        texts.to_frame("text").select(_extended(pl.col("text")).str.extract_groups(_ISO)).to_series().struct.unnest()
    )
    midnight = pl.col("hour") == "24"
    stamp = pl.concat_str(
        "day",
        pl.lit("T"),
        pl.when(midnight).then(pl.lit("00")).otherwise(pl.col("hour").fill_null("00")),
        pl.lit(":"),
        pl.col("minute").fill_null("00"),
        pl.lit(":"),
        pl.col("second").fill_null("00"),
    ).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    micros = pl.col("fraction").fill_null("0").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64)
    local = stamp + pl.duration(microseconds=micros)
    # 24:00 is the end of the day, as on many rosters; nothing of that hour comes after it
    past = (stamp.dt.minute() > 0) | (stamp.dt.second() > 0) | (micros > 0)
    end_of_day = pl.when(~past).then(stamp + pl.duration(days=1))
    return groups.select(local=pl.when(midnight).then(end_of_day).otherwise(local), offset="offset")


def _ahead(offset: pl.Expr) -> pl.Expr:
    """How far a clock with this offset (``Z``, ``+01``, ``+01:00`` or ``+0100``) is ahead of UTC."""
    hours = offset.str.slice(1, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = offset.str.slice(3).str.strip_prefix(":").cast(pl.Int64, strict=False).fill_null(0)
    sign = pl.when(offset.str.starts_with("-")).then(-1).otherwise(1)
    return pl.duration(minutes=sign * (60 * hours + minutes))
