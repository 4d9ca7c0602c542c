import json
import sys

import pytest

from rag.cli import main
from rag.home import open as open_module
from tests.fakes import FakeEncoder, WordReader
from tests.rag.llm.conftest import ScriptedModel, passages_in

QUESTION = "Where does the Court of the Union sit?"


@pytest.fixture
def model():
    running = ScriptedModel()
    yield running
    running.stop()


@pytest.fixture
def ask(monkeypatch, capfd, fake_home):
    """Runs `eurag ask --llm` on the fake home; gives exit code, standard output and standard error."""
    monkeypatch.setattr(open_module, "open_encoder", lambda name, model_directory: FakeEncoder())
    monkeypatch.setattr(open_module, "open_reader", lambda name, model_directory: WordReader())

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["eurag", "ask", QUESTION, "--llm", *arguments, "--home", str(fake_home)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        return exit_.value.code or 0, out, err

    return run


@pytest.fixture
def configured(model, monkeypatch):
    monkeypatch.setenv("EURAG_LLM_URL", model.url)
    monkeypatch.setenv("EURAG_LLM_MODEL", "scripted")
    return model


def minsk(body, handler):
    n = next(n for n, text in passages_in(body).items() if "sits in Minsk" in text)
    return f"The Court of the Union sits in Minsk [{n}]. It sits in Paris [{n}]."


def test_with_llm_the_models_words_are_printed_and_how_many_were_kept(ask, configured):
    configured.script = minsk
    code, out, _ = ask()
    assert code == 0
    assert "Worded by the model scripted; 1 of its 2 sentences" in out
    assert "Paris" not in out


def test_its_json_says_which_model_and_what_was_dropped(ask, configured):
    configured.script = minsk
    _, out, _ = ask("--json")
    data = json.loads(out)
    told = {name: data["generation"][name] for name in ("model", "kept", "dropped", "used")}
    assert told == {"model": "scripted", "kept": 1, "dropped": 1, "used": True}
    assert data["sentences"] == [{"text": "The Court of the Union sits in Minsk.", "citations": [1], "role": "lead"}]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "EURAG_LLM_URL and EURAG_LLM_MODEL are not set"),
        ("foo", "EURAG_LLM_URL, or url in [llm], is no address"),
        ("http://127.0.0.1:9/v1", "127.0.0.1:9 cannot be reached"),
    ],
)
def test_without_a_model_that_answers_it_quotes_and_says_why(ask, monkeypatch, url, told):
    monkeypatch.setenv("EURAG_LLM_URL", url)
    monkeypatch.setenv("EURAG_LLM_MODEL", "m")
    code, out, err = ask()
    assert (code, err) == (0, "")
    assert told in out.partition("\n")[0]
    assert "sits in Minsk" in out
