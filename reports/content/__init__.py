"""The content of reports, computed once without side effects: headline, findings, tables, chart data.

Belongs here: figures, tables and findings ("what to look at first") that reports show.
Not here: their presentation (`page`, `workbook`, `terminal`).
"""
