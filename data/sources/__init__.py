"""Sources of tables: a folder of CSV or Parquet files, a workbook, frames in memory; also TOML and text files.

Belongs here: opening and reading a format safely. Not here: the meaning of values (`tables`, `snapshot`).
"""
