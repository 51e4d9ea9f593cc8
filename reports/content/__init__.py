"""The content of reports, computed once without side effects: headline, findings, tables, chart data.

Belongs here: figures and tables of several reports. Not here: their presentation (`page`, `workbook`, `terminal`).
"""
