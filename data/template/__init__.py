"""The Excel workbook to fill in, in English, German and Chinese: sheets, help, drop-downs, examples.

Belongs here: writing the template. Not here: reading a workbook (`sources`), names of columns (`tables/headers`).
"""
