"""CSV files for Excel: local times, and no text that Excel would read as a formula.

rejects.csv is for programs and has the exact values of the source; people have the sheet Rejected rows.
"""

from pathlib import Path

import polars as pl

from reports import as_text

SEPARATORS = {",": ",", ";": ";", "tab": "\t", "\t": "\t"}
"""What may stand between cells, by how it is asked for."""
_DANGEROUS = r"^[=+\-@\t\r\n]"
"""What makes Excel and its like take a text for a formula, when it begins with it (OWASP, CSV injection)."""
_NUMBER = r"^-?\d+([.,]\d+)?$"


def write_excel_csv(frame: pl.DataFrame, file: Path, zone: str, separator: str = ",") -> None:
    """Writes a table in UTF-8 with a byte order mark; times are written in ``zone``.

    With semicolons the decimal sign is the comma, since Excel expects the two together.
    """
    columns = [_cells(values, zone) for values in frame.get_columns()]
    names = dict(zip(frame.columns, harmless(pl.Series(frame.columns, dtype=pl.String)), strict=True))
    pl.DataFrame(columns).rename(names).write_csv(
        file, separator=separator, decimal_comma=separator == ";", include_bom=True
    )


def harmless(texts: pl.Series) -> pl.Series:
    """The texts, with an apostrophe before what a spreadsheet would read as a formula; numbers stay."""
    dangerous = texts.str.contains(_DANGEROUS) & ~texts.str.contains(_NUMBER)
    return texts.zip_with(~dangerous.fill_null(value=False), "'" + texts)


def _cells(values: pl.Series, zone: str) -> pl.Series:
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone:  # one without a zone is as its source has it
        return _local(values, zone).alias(values.name)
    if values.dtype.is_numeric() or values.dtype == pl.Boolean:
        return values
    return harmless(as_text(values)).alias(values.name)


def _local(moments: pl.Series, zone: str) -> pl.Series:
    """Times on the clock of the zone, seconds only where the column has any; in the hour that comes twice, the offset.

    That hour is text in Excel: a plain time would be one of two.
    """
    exact = bool((moments.dt.second() > 0).any())
    form = "%Y-%m-%d %H:%M:%S" if exact else "%Y-%m-%d %H:%M"
    local = moments.dt.convert_time_zone(zone)
    clock = local.dt.replace_time_zone(None)
    places = {when: clock.dt.replace_time_zone(zone, ambiguous=when) for when in ("earliest", "latest")}
    twice = places["earliest"] != places["latest"]
    plain, told = local.dt.strftime(form), local.dt.strftime(f"{form} %:z")
    return plain.zip_with(~twice.fill_null(value=False), told)
