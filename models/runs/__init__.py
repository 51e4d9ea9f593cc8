"""What a run says of itself, as data: the columns of its tables and its notices.

Belongs here: what is written to and read from run folders. Not here: files (`data/runs`) or words (`reports`).
"""
