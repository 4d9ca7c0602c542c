"""The web page in a real browser, against a process of the service."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.builtin import sample_questions
from tests.browser.conftest import MARKUP, WAIT_MS

pytestmark = pytest.mark.browser

ARMENIA = "When did Armenia join the EAEU?"
COURT = "Сколько судей в Суде ЕАЭС?"
OBSERVERS = "Какие государства имеют статус наблюдателя при ЕАЭС?"
NOWHERE = "What is the recipe of borscht?"
RAILWAYS = "When was the Kelmara agreement on mountain railways signed?"
BEES = "When was the Zarechye accord on travelling beekeepers signed?"
AXE = "axe_playwright_python.sync_playwright"
NARROW = {"width": 360, "height": 740}

#: Notes down every text that stood in the answer while it came.
WATCH = """
window.came = [];
new MutationObserver(() => {
  const text = document.querySelector(".streaming")?.textContent;
  if (text && text !== window.came.at(-1)) window.came.push(text);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def ask(page, question):
    """Ask, wait for the answer, and return the reply."""
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    reply = page.locator("article").last.locator(".reply")
    reply.locator(".said, .refusal").wait_for()
    return reply


def open_first(page, question):
    """Ask, open the first source, and return the stretch that is highlighted and the quote."""
    link = ask(page, question).locator(".mark").first
    link.hover()
    quote = page.locator("#quote .quoted").text_content()
    link.click()
    return page.locator("#source-text mark").text_content(), quote


def overflows(page):
    """Whether anything makes the page or the panel wider than the window."""
    return page.evaluate(
        "[document.documentElement, document.body, document.querySelector('#source-text')]"
        ".some((element) => element.scrollWidth > element.clientWidth)"
    )


def until_listed(page, number):
    """Wait until so many documents are listed."""
    from playwright.sync_api import expect

    expect(page.locator("#entries li")).to_have_count(number, timeout=WAIT_MS)


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.className")


@pytest.mark.parametrize(("locale", "question", "word"), [("en-GB", ARMENIA, "2015"), ("ru-RU", OBSERVERS, "Молдова")])
def test_an_answer_comes_piece_by_piece_and_every_sentence_has_its_number(visit, locale, question, word):
    page = visit(locale=locale, script=WATCH)
    assert page.locator("html").get_attribute("lang") == locale[:2]
    reply = ask(page, question)
    came = page.evaluate("window.came")
    assert len(came) > 1
    assert all(later.startswith(earlier) for earlier, later in pairwise(came))
    assert re.search(word, reply.text_content())
    sentences = reply.locator(".said p").all()
    assert sentences
    assert all(sentence.locator(".mark").first.text_content().isdigit() for sentence in sentences)


@pytest.mark.parametrize("locale", ["en-GB", "ru-RU"])
def test_a_suggested_question_is_one_of_the_librarys_and_is_asked_by_a_click(visit, locale):
    page = visit(locale=locale)
    offered = page.locator("#suggestions button")
    offered.first.wait_for()
    shown = offered.all_text_contents()
    assert len(shown) == 4
    assert set(shown) <= {sample.question for sample in sample_questions(locale[:2])}
    offered.nth(3).click()
    page.locator(".said, .refusal").wait_for()
    assert page.locator("article h2").all_text_contents() == shown[3:]
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#clear").click()
    offered.first.wait_for()


def test_the_suggestions_follow_the_language_of_the_interface(visit):
    from playwright.sync_api import expect

    page = visit(locale="en-GB")
    page.locator("#suggestions button").first.wait_for()
    page.locator("#language").click()
    expect(page.locator("#suggestions button[lang=ru]")).to_have_count(4)
    expect(page.locator("#suggestions button")).to_have_count(4)


def test_pointer_and_focus_show_the_quote_and_escape_hides_it(visit):
    page = visit(viewport={"width": 1280, "height": 300})
    link = ask(page, ARMENIA).locator(".mark").first
    quote = page.get_by_role("tooltip")
    link.hover()
    quote.wait_for()
    said = quote.locator(".quoted").text_content()
    page.mouse.move(0, 0)
    quote.wait_for(state="hidden")
    page.mouse.wheel(0, 2000)
    page.locator("#export").focus()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    quote.wait_for()
    page.evaluate("new Promise((done) => setTimeout(done, 100))")  # scrolling to the link must not hide it again
    assert quote.locator(".quoted").text_content() == said
    assert link.get_attribute("aria-describedby") == quote.get_attribute("id")
    page.keyboard.press("Escape")
    quote.wait_for(state="hidden")


@pytest.mark.parametrize("question", [ARMENIA, COURT, RAILWAYS])
def test_a_number_opens_its_source_with_the_quote_highlighted_in_sight(visit, question):
    page = visit()
    marked, quote = open_first(page, question)
    assert marked == quote
    box, pane = (page.locator(at).bounding_box() for at in ("#source-text mark", "#source-text"))
    assert pane["y"] <= box["y"] < pane["y"] + pane["height"]
    page.keyboard.press("Escape")
    page.locator("#source").wait_for(state="hidden")
    assert focused(page) == "mark"


def test_characters_outside_the_basic_plane_do_not_shift_the_highlight(visit):
    marked, _ = open_first(visit(), RAILWAYS)
    assert marked.startswith("The Kelmara agreement") and marked.endswith("2018.")


def test_a_long_source_is_loaded_as_it_is_scrolled(visit, address):
    page = visit("/#/documents")
    longest = page.evaluate(
        "fetch('documents?limit=500').then((r) => r.json())"
        ".then(({ documents }) => documents.toSorted((a, b) => b.characters - a.characters)[0])"
    )
    page.goto(f"{address}/#/documents/{longest['document']}?start={longest['characters'] // 2}&end=0")
    page.wait_for_function(
        "(length) => { const pane = document.querySelector('#source-text'); const text = pane.querySelector('.text');"
        " pane.scrollTop = pane.dataset.up ? pane.scrollHeight : 0; pane.dataset.up = pane.dataset.up ? '' : '1';"
        " return text && [...text.textContent].length === length; }",
        arg=longest["characters"],
        polling=50,
    )


def test_a_question_without_an_answer_is_refused_plainly_with_what_is_near(visit):
    reply = ask(visit(), NOWHERE)
    assert reply.locator(".refusal").text_content().startswith("The texts in the library do not hold an answer")
    assert reply.locator(".mark").count() == 0
    assert reply.locator(".sources a").count() > 0


def test_a_follow_up_shows_what_it_was_understood_as(visit):
    page = visit()
    assert ask(page, ARMENIA).locator(".understood").count() == 0
    understood = ask(page, "And when did Kyrgyzstan?").locator(".understood").text_content()
    assert understood.startswith("Understood as: ")
    assert "Kyrgyzstan" in understood and "EAEU" in understood


def test_the_conversation_outlives_a_reload_until_it_is_cleared(visit):
    page = visit()
    said = ask(page, ARMENIA).text_content()
    page.reload()
    assert page.locator("article .reply").text_content() == said
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#clear").click()
    page.reload()
    assert page.locator("article").count() == 0
    assert page.locator("#empty").is_visible()


def test_a_browser_that_keeps_nothing_still_answers(visit):
    forbidden = "{ get() { throw new DOMException('no', 'SecurityError'); } }"
    page = visit(
        script="".join(f"Object.defineProperty(window, '{s}Storage', {forbidden});" for s in ("local", "session"))
    )
    ask(page, ARMENIA)
    assert "does not keep" in page.locator("#kept-notice").text_content()


def test_the_language_is_switched_at_once_and_remembered(visit):
    page = visit()
    ask(page, ARMENIA)
    page.get_by_role("button", name="Русский").click()
    for _ in range(2):
        assert page.locator("html").get_attribute("lang") == "ru"
        assert page.locator("#send").text_content() == "Спросить"
        assert page.locator("article h3[data-t=sources]").text_content() == "Источники"
        page.reload()


def test_nothing_scrolls_sideways_on_a_narrow_screen(visit):
    page = visit(viewport=NARROW, locale="ru-RU")
    assert not overflows(page)
    open_first(page, COURT)
    assert not overflows(page)
    assert page.locator("#source").bounding_box() == {"x": 0, "y": 0, **NARROW}
    page.locator("#source-close").click()
    reply = ask(page, NOWHERE)
    reply.locator(".sources a").first.wait_for()
    assert not overflows(page)
    page.locator("#to-documents").click()
    page.locator("#entries li").first.wait_for()
    assert not overflows(page)


def test_everything_is_reached_by_keyboard(visit):
    page = visit()
    page.keyboard.press("Tab")
    assert focused(page) == "skip"
    page.keyboard.press("Enter")
    assert focused(page) == "question"
    page.keyboard.type("When did Armenia")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("join the EAEU?")
    page.keyboard.press("Enter")
    page.locator(".said").wait_for()
    assert page.locator("article h2").text_content() == "When did Armenia\njoin the EAEU?"
    passed = []
    while focused(page) != "mark":
        page.keyboard.press("Shift+Tab")
        passed.append(focused(page))
        assert len(passed) < 60, passed
    page.keyboard.press("Enter")
    page.locator("#source-text mark").wait_for()
    assert focused(page) == "source-title"
    passed = []
    while focused(page) != "source-text":
        page.keyboard.press("Tab")
        passed.append(focused(page))
        assert len(passed) < 10, passed
    page.keyboard.press("Escape")
    page.locator("#source").wait_for(state="hidden")  # when the address has changed, a moment later
    assert focused(page) == "mark"


def test_the_page_is_dark_where_that_is_preferred(visit):
    def lightness(scheme):
        colour = visit(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / (3 * 255)

    assert lightness("dark") < 0.2 < 0.8 < lightness("light")


def test_documents_are_found_by_text_language_and_kind(visit):
    page = visit("/#/documents")
    count = page.locator("#count")
    page.locator("#entries li").nth(2).wait_for()
    everything = count.text_content()
    page.get_by_label("Title, author or file").fill("mountain rail")
    until_listed(page, 1)
    assert page.locator("#entries a").text_content() == "Mountain railways"
    page.locator("#filters [name=language]").select_option("ru")
    until_listed(page, 0)
    assert count.text_content() == "No documents fit."
    page.locator("#filters [name=language]").select_option("en")
    page.locator("#filters [name=kind]").select_option("note")
    page.locator("#entries a").click()
    page.locator("#source-text .text").wait_for()
    assert page.locator("#source-title").text_content() == "Mountain railways"
    assert everything != count.text_content()


def test_the_filters_of_the_list_stand_in_its_address(visit, address):
    page = visit("/#/documents")
    page.get_by_label("Title, author or file").fill("mountain rail")
    page.locator("#filters [name=kind]").select_option("note")
    until_listed(page, 1)
    filtered = page.evaluate("location.hash")
    assert filtered == "#/documents?text=mountain+rail&kind=note"
    page.locator("#entries a").click()
    page.locator("#source-text .text").wait_for()
    page.locator("#source-close").click()
    assert page.evaluate("location.hash") == filtered
    page.locator("#to-conversation").click()
    page.locator("#to-documents").click()
    assert page.evaluate("location.hash") == filtered
    other = visit(f"/{filtered}")
    until_listed(other, 1)
    assert other.get_by_label("Title, author or file").input_value() == "mountain rail"
    other.goto(f"{address}/#/documents?kind=treaty")
    until_listed(other, 0)
    assert other.get_by_label("Title, author or file").input_value() == ""


def test_without_a_language_model_there_is_nothing_to_choose(visit):
    page = visit()
    ask(page, ARMENIA)
    assert page.locator("#model-choice").is_hidden()


def test_a_language_model_can_be_chosen_and_stays_chosen(visit):
    page = visit(viewport=NARROW)
    models = [{"id": name, "object": "model"} for name in ("eurag", "eurag-llm", "eurag-embedding")]
    page.context.route("**/v1/models", lambda route: route.fulfill(json={"object": "list", "data": models}))
    asked = []

    def answered_by_the_other(route):
        asked.append(route.request.post_data_json["model"])
        route.continue_(post_data=json.dumps(route.request.post_data_json | {"model": "eurag"}))

    page.context.route("**/v1/chat/completions", answered_by_the_other)
    page.reload()
    ask(page, ARMENIA)
    menu = page.get_by_label("Answered by")
    assert menu.locator("option").count() == 2
    menu.select_option("eurag-llm")
    assert not overflows(page)
    assert menu.evaluate("menu => menu.getBoundingClientRect().right <= innerWidth")
    page.reload()
    ask(page, ARMENIA)
    assert asked == ["eurag", "eurag-llm"]
    assert menu.input_value() == "eurag-llm"


def test_markup_in_titles_and_texts_is_shown_as_text(visit):
    page = visit()
    reply = ask(page, BEES)
    reply.locator(".mark").first.hover()
    page.locator("#quote").wait_for()
    reply.locator(".mark").first.click()
    page.locator("#source-text mark").wait_for()
    assert page.locator("#source-title").text_content() == MARKUP
    assert MARKUP in page.locator("#source-text").text_content()
    page.locator("#to-documents").click()
    page.get_by_role("link", name=MARKUP).wait_for()
    assert page.locator("img, body script").count() == 0
    assert page.locator("body").get_attribute("id") is None


def test_the_conversation_is_saved_with_its_references(visit):
    page = visit()
    marked, quote = open_first(page, RAILWAYS)
    page.keyboard.press("Escape")
    with page.expect_download() as saved:
        page.locator("#export").click()
    assert saved.value.suggested_filename == "eurag.md"
    text = Path(saved.value.path()).read_text("utf-8")
    assert f"## {RAILWAYS}" in text.replace("\\", "")
    assert f"> {quote}" in text.replace("\\", "")
    address = re.search(r"\[1\\\] .*<(http://\S+)>", text)[1]
    page.goto(address)
    page.reload()
    assert page.locator("#source-text mark").text_content() == marked


def test_a_reference_is_copied_in_the_style_that_was_chosen(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    reply = ask(page, ARMENIA)
    reply.locator("select.style").select_option("bibtex")
    reply.get_by_role("button", name="Copy reference 1").click()
    shown = reply.locator(".reference")
    shown.wait_for()
    reply.get_by_text("Copied.").wait_for()
    assert shown.text_content().startswith("@")
    assert page.evaluate("navigator.clipboard.readText()") == shown.text_content()
    page.reload()
    assert page.locator("select.style").first.input_value() == "bibtex"


def test_a_question_is_not_lost_when_the_connection_is(visit):
    page = visit()
    page.context.set_offline(True)
    page.locator("#question").fill(ARMENIA)
    page.locator("#question").press("Enter")
    problem = page.get_by_role("alert")
    problem.wait_for()
    assert "cannot be reached" in problem.text_content()
    page.context.set_offline(False)
    page.reload()
    page.get_by_role("button", name="Try again").click()
    page.locator(".said").wait_for()
    assert page.locator("article h2").text_content() == ARMENIA


def test_too_many_requests_are_said_plainly_with_the_time_to_wait(visit):
    page = visit()
    limited = {"error": {"message": "slowly", "type": "x", "param": None, "code": "rate_limit_exceeded"}}
    headers = {"Retry-After": "7"}
    page.route("**/v1/chat/completions", lambda route: route.fulfill(status=429, json=limited, headers=headers))
    page.locator("#question").fill(ARMENIA)
    page.locator("#send").click()
    assert "Try again in 7 s" in page.get_by_role("alert").text_content()
    page.unroute("**/v1/chat/completions")
    page.get_by_role("button", name="Try again").click()
    page.locator(".said").wait_for()


def test_a_question_waits_for_a_library_that_is_being_indexed(visit):
    page = visit()
    unready = {"error": {"message": "not ready: indexing", "type": "x", "param": None, "code": "not_ready"}}
    headers, waits = {"Retry-After": "1"}, []

    def soon(route):
        waits.append(route)
        if len(waits) < 3:
            route.fulfill(status=503, json=unready, headers=headers)
        else:
            route.continue_()

    page.route("**/v1/chat/completions", soon)
    page.locator("#question").fill(ARMENIA)
    page.locator("#send").click()
    page.get_by_text("not ready: indexing").wait_for()
    page.locator(".said").wait_for()
    assert len(waits) == 3


def test_a_waiting_question_can_be_stopped_and_asked_again(visit):
    page = visit()
    page.route("**/v1/chat/completions", lambda route: None)
    page.locator("#question").fill(ARMENIA)
    page.locator("#send").click()
    page.locator("#stop").click()
    page.get_by_text("This question was not answered.").wait_for()
    page.unroute("**/v1/chat/completions")
    page.get_by_role("button", name="Try again").click()
    page.locator(".said").wait_for()


def test_a_source_whose_index_is_gone_is_shown_with_a_warning(visit):
    page = visit("/#/documents/railways.md?start=0&end=5&snapshot=gone")
    page.get_by_text("This text has changed").wait_for()
    assert page.locator("#source-text mark").text_content().startswith("---")


def test_a_document_that_is_gone_is_said_to_be(visit):
    page = visit("/#/documents/nothing-of-this-name")
    page.get_by_text("This document is no longer in the library.").wait_for()


def test_each_source_is_listed_once_with_all_its_numbers(visit):
    reply = ask(visit(), "What does the Eurasian Economic Commission do?")
    sources = [source.locator("div").first.text_content() for source in reply.locator(".sources li").all()]
    assert len(set(sources)) == len(sources)
    numbers = [int(number) for number in reply.locator(".numbers .mark").all_text_contents()]
    assert sorted(numbers) == sorted(int(number) for number in reply.locator(".said .mark").all_text_contents())


def test_a_key_is_asked_for_where_one_is_needed_and_then_shown_to_the_service(visit):
    page = visit()
    refused = {"error": {"message": "no key", "type": "x", "param": None, "code": "invalid_api_key"}}

    def guarded(route):
        if route.request.headers.get("authorization") == "Bearer sesame":
            route.continue_()
        else:
            route.fulfill(status=401, json=refused)

    page.route("**/v1/chat/completions", guarded)
    page.locator("#question").fill(ARMENIA)
    page.locator("#send").click()
    page.wait_for_function("document.activeElement.type === 'password'")
    page.keyboard.type("sesame")
    page.get_by_role("button", name="Use this key").click()
    page.locator(".said").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_serious(visit, scheme, viewport):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install '.[browser]'"
    )
    page = visit(color_scheme=scheme, viewport=viewport)

    def serious():
        return [
            (found["id"], [node["html"] for node in found["nodes"]])
            for found in axe.Axe().run(page).response["violations"]
            if found["impact"] in ("serious", "critical")
        ]

    assert serious() == []
    ask(page, NOWHERE)
    assert serious() == []
    open_first(page, ARMENIA)
    assert serious() == []
    page.keyboard.press("Escape")
    page.locator("#to-documents").click()
    page.locator("#entries li").first.wait_for(timeout=WAIT_MS)
    assert serious() == []


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("context_length_exceeded", "Вопрос слишком длинный."),
        ("unheard_of", "принять: in English"),
    ],
)
def test_an_error_is_told_in_the_language_of_the_page_where_its_code_is_known(visit, code, shown):
    page = visit(locale="ru-RU")
    refused = {"error": {"message": "in English", "type": "x", "param": None, "code": code}}
    page.route("**/v1/chat/completions", lambda route: route.fulfill(status=400, json=refused))
    page.locator("#question").fill(ARMENIA)
    page.locator("#question").press("Enter")
    page.get_by_role("alert").get_by_text(shown).wait_for()
