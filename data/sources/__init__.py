"""Where tables come from: a folder of CSV or Parquet files, a workbook, frames in memory; TOML and text files.

Belongs here: opening and reading a format, safely. Not here: what the values mean (`tables`, `snapshot`).
"""
