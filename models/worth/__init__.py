"""What modes, hours, skills and places are worth at given prices.

Belongs here: what explanations and reports need to know of a problem and its prices. Not here: texts, or search.
"""
