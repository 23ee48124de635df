"""HTML made of elements; every text is escaped unless it already is HTML."""

from __future__ import annotations

from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | None


def element(name: str, /, *children: Child, **attributes: str | None) -> Html:
    """One element; a trailing underscore in an attribute's name is dropped, others become dashes."""
    return Html(f"<{name}{_attributes(attributes)}>{joined(*children)}</{name}>")


def void(name: str, /, **attributes: str | None) -> Html:
    """An element without content, such as meta."""
    return Html(f"<{name}{_attributes(attributes)}>")


def joined(*children: Child, between: str = "") -> Html:
    """Children one after the other, escaped where they are plain text; None is left out."""
    return Html(between.join(text(child) for child in children if child is not None))


def text(child: str) -> str:
    """Escape what is not HTML yet, and keep a number on one line with its sign."""
    return child if isinstance(child, Html) else escape(child).replace(" %", "\u00a0%").replace("± ", "±\u00a0")


def verbatim(child: str) -> Html:
    """Escape and change nothing else: for what is copied."""
    return Html(escape(child))


def _attributes(attributes: dict[str, str | None]) -> str:
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
