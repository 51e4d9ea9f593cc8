"""What people read on the terminal: the closing summary, and explanations of a task or an agent.

Belongs here: lines of plain text. Not here: what they say of figures (`content`) and how words are chosen (`words`).
"""
