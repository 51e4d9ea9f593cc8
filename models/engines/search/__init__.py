"""Building and improving plans: construction, sequences, ruin and recreate, polishing, arranging among equal plans.

Belongs here: moves that keep a plan legal. Not here: prices and bounds (`pricing`), staying near a plan (`replanning`).
"""
