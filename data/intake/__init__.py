"""Operations on tasks, and the task list that follows from them, whatever the kind of source.

Belongs here: the form of operations, their fold into tasks, writing them to the store; column maps, expressions, rules.
Not here: how a kind of source is read (`data/feeds`), the tables of the store (`data/store`).
"""
