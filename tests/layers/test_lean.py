from importlib import resources

import pytest

from layers.lean import lean_script, lean_style

ASSETS = resources.files("layers") / "assets"


@pytest.mark.parametrize(
    ("text", "lean"),
    [
        ("a = b;  // no\nc();", "a=b;c();\n"),
        ("a = '// kept';", "a='// kept';\n"),
        ('x = "\\"/* kept */";', 'x="\\"/* kept */";\n'),
        ("s.replace(/[/*] +/g, 1)", "s.replace(/[/*] +/g,1)\n"),
        ("return a / b / c;", "return a/b/c;\n"),
        ("a + +b - -c", "a+ +b- -c\n"),
        ("function f() {\n  return 1;\n}\nvar g = 2;", "function f(){return 1;}\nvar g=2;\n"),
        ("a\nb", "a\nb\n"),
        ("typeof a in b", "typeof a in b\n"),
        ("x = `a\n  ${b}`;", "x=`a\n  ${b}`;\n"),
    ],
)
def test_scripts_lose_only_what_divides_nothing(text, lean):
    assert lean_script(text) == lean
    assert lean_script(lean) == lean


def test_style_sheets_keep_what_selectors_and_sums_need():
    assert (
        lean_style("a :hover, b > c { margin : calc(1px + 2px) ; }")
        == "a :hover,b > c{margin :calc(1px + 2px);}\n"
    )
    assert (
        lean_style("a { content: '  /* kept */'; b: url(data: x) }")
        == "a{content:'  /* kept */';b:url(data: x)}\n"
    )


@pytest.mark.parametrize(("name", "lean"), [("routeways.js", lean_script), ("routeways.css", lean_style)])
def test_the_packages_own_files_shrink_and_are_stable(name, lean):
    text = (ASSETS / name).read_text(encoding="utf-8")
    once = lean(text)
    assert lean(once) == once
    assert len(once) < 0.9 * len(text)
    assert "/*" not in once
