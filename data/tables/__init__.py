"""The input tables, and the conversion of text to typed columns: schemas, headers, times, skills, rejects.

Belongs here: everything about one table or one value, whatever its source. Not here: files (`sources`), a snapshot.
"""
