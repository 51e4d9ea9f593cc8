"""Text for the terminal: the closing summary, and explanations of a task or an agent.

Belongs here: lines of plain text. Not here: the figures in them (`content`) and the choice of words (`words`).
"""
