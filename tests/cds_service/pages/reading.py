"""A page as people read it."""

from __future__ import annotations

import html
import re

from werkzeug.test import TestResponse


def text_of(page: TestResponse) -> str:
    """The words of an answer, in one line."""
    return words_of(page.text)


def words_of(content: str) -> str:
    """The words of HTML without its elements, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", content)).split())
