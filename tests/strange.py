"""Names of columns that mean something to the libraries that read them, and nothing to people."""

STRANGE = (
    "*",
    "^.*$",
    "^task_id$",
    "^t.*$",
    "literal",
    "column_0",
    "\0row",
    "\0fault",
    "\0hash",
    "{}",
    "'",
    '"',
    "a b",
)
"""Patterns of polars, names that it gives itself, names of ours beside the contract's, signs of SQL."""
