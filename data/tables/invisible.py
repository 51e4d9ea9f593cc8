"""Invisible differences between texts: composed or separate accents, no-break spaces, zero-width characters.

Around a value they are ignored. Inside, skills and names that only group or describe are normalized. Ids stay as
written; an id that refers to another table takes the spelling of the row it means.
"""

import polars as pl

_WIDTHLESS = "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_SPACES = "\u00a0\u2007\u202f"
AROUND = " \t\n\r\f\v\u0085\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
AROUND += _WIDTHLESS + _SPACES
"""What is taken away on both sides of a value."""


def plain(texts: pl.Series) -> pl.Series:
    """The texts composed (NFC), with plain spaces and without zero-width characters."""
    if texts.dtype != pl.String or not texts.str.contains(r"[^\x00-\x7f]").any():
        return texts
    composed = texts.str.normalize("NFC").str.replace_all(f"[{_WIDTHLESS}]", "")
    return composed.str.replace_all(f"[{_SPACES}]", " ")


def spelt_like(texts: pl.Series, known: pl.Series) -> dict[str, str]:
    """For each text that is not known: the known text that looks the same, if there is exactly one."""
    strange = texts.drop_nulls().unique(maintain_order=True)
    strange = strange.filter(~strange.is_in(known.drop_nulls().implode()))
    if strange.is_empty():
        return {}
    names = known.drop_nulls().unique()
    looks = pl.DataFrame({"looks": plain(names), "known": names}).unique("looks", keep="none")
    found = pl.DataFrame({"looks": plain(strange), "text": strange}).join(looks, on="looks", maintain_order="left")
    return dict(found.select("text", "known").iter_rows())


def lookalikes(texts: pl.Series) -> pl.Series:
    """Whether a text looks like another one of the series that is different."""
    looks = plain(texts)
    if looks is texts:
        return pl.repeat(False, len(texts), eager=True)
    both = pl.DataFrame({"text": texts, "looks": looks})
    different = both.drop_nulls().unique().filter(pl.col("looks").is_duplicated())["text"]
    return texts.is_in(different.implode()).fill_null(False)
