"""The page under policies stricter than its own: a server's header, a sandboxed frame, a file."""

import html
import re

import pytest

from layers.page import frame_html, page_html, save_page

pytestmark = pytest.mark.browser
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


@pytest.fixture
def serve(browser):
    """Open a page under a header of a server that does not exist, and record what goes wrong."""
    contexts = []

    def open_page(text, policy, outer=None):
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        wrong = []

        def answer(call):
            if call.request.url == "https://page.invalid/map":
                headers = {"content-security-policy": policy, "content-type": "text/html; charset=utf-8"}
                call.fulfill(body=text, headers=headers)
            elif outer is not None and call.request.url == "https://page.invalid/":
                call.fulfill(body=outer, headers={"content-type": "text/html; charset=utf-8"})
            else:
                wrong.append(call.request.url)
                call.abort()

        context.route("**/*", answer)
        page.on(
            "console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto("https://page.invalid/" + ("map" if outer is None else ""))
        return page, wrong

    yield open_page
    for context in contexts:
        context.close()


def test_the_page_names_what_may_run_and_load(sheet):
    policy = POLICY.search(page_html(sheet)).group(1)
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert set(parts["img-src"].split()) == {"data:", "blob:"}
    assert parts["base-uri"] == parts["form-action"] == "'none'"
    assert re.fullmatch(r"('sha256-[\w+/=]{44}' ?)+", parts["script-src"])
    assert "connect-src" not in parts


def test_it_works_behind_a_header_that_allows_no_more(sheet, serve):
    page, wrong = serve(page_html(sheet), POLICY.search(page_html(sheet)).group(1))
    page.wait_for_selector("[data-ready]", state="attached")
    assert page.locator("path.rw-leg").count() == 4
    page.locator("path.rw-hit").first.dispatch_event("click")
    assert page.locator(".rw-card").count() == 1
    assert wrong == []


def test_a_script_that_was_put_in_afterwards_does_not_run(sheet, visit):
    page = page_html(sheet).replace(
        "<main>", "<main><script>window.ran = 1</script><img src=x onerror='ran=1'>"
    )
    seen = visit(page)
    assert seen.page.evaluate("window.ran") is None
    assert len(seen.errors) >= 2


@pytest.mark.parametrize("sandbox", ["allow-scripts", "allow-scripts allow-popups allow-downloads"])
def test_it_works_in_a_sandboxed_frame(sheet, serve, sandbox):
    outer = (
        f'<title>x</title><iframe sandbox="{sandbox}" src="map" style="width:900px;height:700px"></iframe>'
    )
    page, wrong = serve(page_html(sheet), POLICY.search(page_html(sheet)).group(1), outer)
    frame = page.frame_locator("iframe")
    frame.locator("path.rw-leg").first.wait_for(state="attached")
    assert frame.locator("path.rw-leg").count() == 4
    assert frame.locator("html").evaluate("() => window.origin") == "null"
    assert wrong == []


def test_it_works_in_the_frame_of_a_notebook(sheet, visit):
    page = visit(f"<title>x</title>{frame_html(page_html(sheet), title='Map')}", ready=None)
    frame = page.page.frame_locator("iframe")
    frame.locator("path.rw-leg").first.wait_for(state="attached")
    page.assert_quiet()


def test_a_frame_without_scripts_still_tells_the_figures(sheet, serve):
    text = html.escape(page_html(sheet))
    outer = f'<title>x</title><iframe sandbox="" srcdoc="{text}" style="width:900px;height:700px"></iframe>'
    page, _ = serve("", "", outer)
    assert "10,000 persons" in page.frame_locator("iframe").locator("main").text_content()


def test_it_works_from_a_file(sheet, visit, tmp_path):
    seen = visit(save_page(sheet, tmp_path / "a map & more.html"))
    assert seen.page.url.startswith("file:")
    assert seen.page.locator("path.rw-leg").count() == 4
    seen.assert_quiet()
