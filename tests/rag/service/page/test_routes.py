import re
from importlib.resources import files

import pytest

from corpus.languages import LANGUAGES
from rag.language.interface import ui_language
from rag.service.page.routes import FOLDER, HEADERS

FILES = sorted(path.name for path in FOLDER.iterdir())
TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
MARKUP_FROM_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseFromString|createContextualFragment"
    r"|document\.write|\beval\(|\bnew Function\b|srcdoc|\bon\w+\s*=\s*[\"']"
)
WORDS = ("en.js", "ru.js")


def source(name):
    return (FOLDER / name).read_text("utf-8")


def words(name):
    """The interface's words of a language, in the order of the file."""
    return dict(re.findall(r'^  "([^"]+)": "(.+)",?$', source(name), re.M))


def placeholders(text):
    return sorted(re.findall(r"\{\w+\}", text))


def test_the_page_is_served_under_a_policy_that_lets_only_its_own_files_in(client):
    response = client.get("/")
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path", ["/", "/page/app.js", "/page/missing.js", "/documents", "/documents/missing", "/nowhere"]
)
def test_every_response_carries_the_headers(client, path):
    headers = client.get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "no-cache" in headers["cache-control"]


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_served_with_its_type(client, name):
    response = client.get(f"/page/{name}")
    assert response.status_code == 200
    assert response.content == (FOLDER / name).read_bytes()
    assert response.headers["content-type"].split(";")[0] == TYPES[(FOLDER / name).suffix]


@pytest.mark.parametrize("path", ["/", "/page/style.css"])
def test_the_head_of_the_page_may_be_asked_for(client, path):
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))


@pytest.mark.parametrize("path", ["/page/", "/page/../routes.py", "/page/%2e%2e/routes.py", "/page/..%2froutes.py"])
def test_nothing_beside_the_files_is_served(client, path):
    assert client.get(path).status_code == 404


def test_the_files_are_data_of_the_package():
    assert sorted(path.name for path in files("rag.service.page").joinpath("static").iterdir()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_another_host_or_makes_markup_of_text(name):
    text = source(name).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|[\"'(]//", text)
    assert not MARKUP_FROM_TEXT.search(text)


def test_every_file_that_is_named_exists():
    named = re.findall(r'(?:href|src)="page/([^"]+)"', source("index.html"))
    for name in FILES:
        named += re.findall(r'(?:from|import\() ?"\./([^"]+)"', source(name))
    assert set(named) | {"index.html"} == set(FILES)


def test_the_whole_page_stays_small():
    assert sum((FOLDER / name).stat().st_size for name in FILES) < 65_536


@pytest.mark.parametrize("name", WORDS)
def test_the_words_are_read_whole(name):
    assert len(words(name)) == source(name).count("\n") - 2


def test_every_string_of_the_interface_exists_in_both_languages():
    english, russian = map(words, WORDS)
    assert list(english) == list(russian)
    for key, text in english.items():
        assert placeholders(text) == placeholders(russian[key]), key


def test_every_string_that_is_asked_for_exists_and_every_one_is_used():
    known = set(words("en.js"))
    asked = set(re.findall(r'data-t(?:-\w+)?="(\w+)"', source("index.html")))
    code = "".join(source(name) for name in FILES if name.endswith(".js") and name not in WORDS)
    asked |= set(re.findall(r'(?:\bt(?:Label)?: \[?|\bt\()"(\w+)"', code))
    assert asked <= known
    made = ("error ", "kind ", "language ", "model ")
    assert {key for key in known - asked if not key.startswith(made) and f'"{key}"' not in code} == set()


def test_the_page_speaks_russian_to_the_readers_that_answers_do():
    listed = re.search(r"const readsRussian = /\^\((.+)\)", source("i18n.js"))
    assert listed[1].split("|") == [code for code in LANGUAGES if ui_language(code) == "ru"]
