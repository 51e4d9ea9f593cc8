"""The board: all open work on one page that renews itself.

Belongs here: what the board shows, worked out without side effects, and its page. Not here: where it comes from and how
it is asked for (`scheduler/serving`).
"""

from reports.board.facts import BOARD_DIMENSIONS, Board, board_facts
from reports.board.page import board_asset, board_language, board_page

__all__ = ["BOARD_DIMENSIONS", "Board", "board_asset", "board_facts", "board_language", "board_page"]
