import io

import pytest
from rich.text import Text

from rag.output.terminal import console, harmless, one_line, plain, write_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\u202eb\u2066c", r"a\u202eb\u2066c"),
        ("\udcff", r"\udcff"),
        ("a\rb\tc", r"a\rb\tc"),
    ],
)
def test_what_would_steer_the_terminal_is_written_out(text, shown):
    assert harmless(text) == shown


@pytest.mark.parametrize("text", ["Договор\nо Союзном государстве", "§\u00a05 – «ЕАЭС»", "co\u00adop", "e\u0301", "🙂"])
def test_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_line_ends_are_written_out_where_one_line_is_wanted(capsys):
    assert one_line("two\nlines") == "two\\nlines"
    write_line("two\nlines\x1b[1m")
    assert capsys.readouterr().out == "two\\nlines\\x1b[1m\n"


def test_the_console_keeps_its_own_styles_and_no_others(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    file = io.StringIO()
    shown = console(file)
    shown.print(Text("name\x1b[2J\nnext", style="bold"), soft_wrap=True)
    assert file.getvalue() == "\x1b[1mname\\x1b[2J\x1b[0m\n\x1b[1mnext\x1b[0m\n"


def test_a_list_is_shown_with_semicolons():
    assert plain(["Ivanova, A. B.", "Petrov"]) == "Ivanova, A. B.; Petrov"
