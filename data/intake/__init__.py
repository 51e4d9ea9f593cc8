"""What comes in: operations on tasks, and the task list that follows from them.

Belongs here: operations, the fold, what is put into the store; maps, expressions and rules. Not here: the tables of the
store (`data/store`).
"""
