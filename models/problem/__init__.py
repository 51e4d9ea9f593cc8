"""The planning problem: tasks, agents, clocks, payoffs and eligibility as read-only arrays, and how they are assembled.

Belongs here: what does not depend on a plan, rules of the payoff included.
Not here: a plan, a price, a file or an id from a file.
"""
