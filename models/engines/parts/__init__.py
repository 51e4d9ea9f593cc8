"""One problem that is too large for one place: common prices from a sample, groups of people, tasks that bid for them.

Belongs here: what is decided about the whole before its parts are planned as problems of their own.
Not here: planning a part (`search`), where parts lie and who works on them (`scheduler.parts`).
"""

from models.engines.parts.bids import Bidding, somebody_for
from models.engines.parts.groups import groups_of, markets_of
from models.engines.parts.head import head_prices, is_large, plan_at_prices
from models.engines.pricing.prove import Priced
from models.engines.search.part_work import Piece, search_in

__all__ = [
    "Bidding",
    "Piece",
    "Priced",
    "groups_of",
    "head_prices",
    "is_large",
    "markets_of",
    "plan_at_prices",
    "search_in",
    "somebody_for",
]
