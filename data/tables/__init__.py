"""What the input tables are and how a column of text becomes typed: schemas, headers, times, skills, rejects.

Belongs here: everything about one table or one value, wherever it came from. Not here: files (`sources`), a snapshot.
"""
