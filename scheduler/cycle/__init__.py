"""`allot cycle` and `allot snapshot`: takes in what sources sent, makes a snapshot of the task list, and plans it.

Belongs here: the order of the stages around a run. Not here: taking in (`scheduler/intake`), planning (`run`).
"""
