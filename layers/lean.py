"""The package's own scripts and style sheets without what only their readers need: comments and indents.

The sources stay as they are written; a page gets what is left. Names are not changed, so that a script in a
page can still be compared with its source line by line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_SCRIPT: Final = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
      |(?P<kept>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`
        |(?<=[(,=:;!&|?{}\[\s])/(?![*/\s])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)
      |(?P<space>\s+)
      |(?P<code>[^\s"'`/]+|.)""",
    re.DOTALL | re.VERBOSE,
)
_STYLE: Final = re.compile(
    r"""(?P<comment>/\*.*?\*/)|(?P<kept>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|url\([^)]*\))
      |(?P<space>\s+)|(?P<code>[^\s"'/u]+|.)""",
    re.DOTALL | re.VERBOSE,
)
_WORD: Final = re.compile(r"[\w$\u0080-\uffff]")


def lean_script(text: str) -> str:
    r"""Return a script of the package without comments, indents and the spaces that divide no words.

    Text, templates and regular expressions stay as they are. A line's end stays unless a sign that cannot
    end a statement stands before it, or one that cannot begin one after it. It expects the house's style:
    spaces about a division.

    Examples
    --------
    >>> lean_script('var a = 1; /* one */\nif (a) {\n  b("/* no */  comment", c / 2, - -d);\n}\n')
    'var a=1;if(a){b("/* no */  comment",c/2,- -d);}\n'
    """
    return _joined(_SCRIPT, text, _script_gap) + "\n"


def lean_style(text: str) -> str:
    r"""Return a style sheet of the package without comments, indents and needless spaces.

    Examples
    --------
    >>> lean_style('/* ink */\na > b,\nc { color: #111; margin: calc(1px + 2px); }\n')
    'a > b,c{color:#111;margin:calc(1px + 2px);}\n'
    """
    return _joined(_STYLE, text, _style_gap) + "\n"


def _joined(pattern: re.Pattern[str], text: str, gap: Callable[[str, str, bool], str]) -> str:
    parts: list[str] = []
    space = ""
    for match in pattern.finditer(text):
        if match.lastgroup in ("comment", "space"):
            space += match.group() if match.lastgroup == "space" else " "
            continue
        token = match.group()
        if space and parts:
            left = gap(parts[-1][-1], token[0], "\n" in space)
            parts += [left] if left else []
        space = ""
        parts.append(token)
    return "".join(parts)


def _script_gap(before: str, after: str, line: bool) -> str:
    """Return what stays of the space between two signs."""
    if line and before not in "{;,([=+-*/%&|?:<>!" and after not in "})].,;?:&|=":
        return "\n"
    if before == after and before in "+-":
        return " "
    return " " if _WORD.match(before) and _WORD.match(after) else ""


def _style_gap(before: str, after: str, line: bool) -> str:  # noqa: ARG001 - the form of the other
    return "" if before in "{};,:" or after in "{};," else " "
