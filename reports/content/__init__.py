"""What reports say, computed once and pure: headline, findings, tables, chart data.

Belongs here: figures and tables that several reports show. Not here: how they look (`page`, `workbook`, `terminal`).
"""
