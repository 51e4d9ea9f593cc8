"""What modes, hours, skills and places are worth at given prices.

Belongs here: values at prices, for explanations and reports. Not here: payoffs (`problem/payoff`), texts, search.
"""
