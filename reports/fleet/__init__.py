"""Many plans side by side: the sites of a group, tenants, scenarios.

Belongs here: what is compared, its page, its lines. Not here: two runs of the same work (`comparison`), runs over time.
"""
