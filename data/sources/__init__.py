"""Sources of tables: a folder of CSV or Parquet files, a workbook, frames in memory; also TOML and text files.

Belongs here: opening and reading a file format safely; `sources` lists the formats.
Not here: the meaning of values (`tables`, `snapshot`), the sources of operations (`feeds`).
"""
