"""C source with comments and literals blanked, line numbers kept."""
import re

# In this order at every place: a comment, a string, a character, or any one character.
_TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def without_comments(text):
    def keep_literals(match):
        return _blank(match) if match.group(0).startswith("/") else match.group(0)

    return _TOKEN.sub(keep_literals, text)


def code_only(text):
    return _TOKEN.sub(_blank, text)
