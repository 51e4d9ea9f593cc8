"""The names of the engines, known without loading any of them."""

ENGINES = ("auto", "exact", "pulp", "scale", "greedy")
"""What ``--engine`` takes; :func:`models.engines.make_engine` makes each."""
