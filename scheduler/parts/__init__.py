"""One huge snapshot planned in parts: tasks lie on disk, each part is an ordinary problem, jobs know it by paths.

Belongs here: what is done with a part by whoever works, in which order, and what the parts come to together.
Not here: prices, groups and bids (`models.engines.parts`), reading in pieces (`data`), checking files (`audit`).
"""
