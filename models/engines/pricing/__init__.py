"""Prices: of agents' time, for each agent or by kinds of tasks, and of tasks; each set of prices proves a bound.

Belongs here: finding prices and bounds. Not here: re-adding a certificate (`models/bounds`), building plans (`search`).
"""
