"""The templates of pages, and what they share."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.content.palette import DARK, LIGHT
from reports.words.language import _, counted, speaking, spoken
from reports.words.wording import shown

_LIBRARY = ("bokeh.min.js", "bokeh-api.min.js")


def render(name: str, **facts: Any) -> str:
    """The text of a page in the current language, from the template of that name in ``reports``."""
    return str(_environment().get_template(name).render(language=spoken(), **facts))


def write_in(language: str, path: str | PathLike[str], page: Callable[[], str]) -> None:
    """Writes a page in a language; the same text gives the same bytes on every system.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        text = page()
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def asset(*path: str) -> Markup:
    """A stylesheet or a script in ``reports``, to be put into a page unchanged."""
    return Markup(files("reports").joinpath(*path).read_text(encoding="utf-8"))


def library() -> Markup:
    """Bokeh's scripts from its own package, licence and all, so that the page needs no network."""
    folder = files("bokeh.server").joinpath("static", "js")
    text = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in _LIBRARY)
    return Markup(text.replace("</script", "<\\/script"))


@cache
def _environment() -> Environment:
    # undefined names are mistakes of ours: never an empty spot on the page
    environment = Environment(
        loader=PackageLoader("reports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    environment.filters["shown"] = shown
    environment.globals |= {
        "_": _,
        "counted": counted,
        "palettes": {"light": LIGHT, "dark": DARK},
        "stylesheet": asset("page", "page.css"),
    }
    return environment
