"""`allot cycle` and `allot snapshot`: takes in what sources sent, plans the task list, hands the plan out.

Belongs here: the order of the stages around a run. Not here: taking in (`scheduler/intake`), planning (`run`).
"""
