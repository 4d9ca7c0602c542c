import pytest

from rag.llm.acts import misnamed
from rag.llm.facts import Facts
from rag.search.glossary import load_glossary


@pytest.mark.parametrize(
    ("stated", "source", "wrong"),
    [
        ("Ukraine ratified the agreement.", "Ukraine signed the agreement.", True),
        ("Ukraine signed the agreement.", "Ukraine signed and ratified the agreement.", False),
        ("Украина ратифицировала соглашение.", "Украина подписала соглашение.", True),
        ("Договор подписан 1 января.", "The treaty was signed in May and entered into force on 1 January.", False),
        ("Договор вступил в силу в мае.", "The treaty was signed in May.", True),
        ("The Council approved the list.", "The Council adopted the list.", False),
        ("Armenia joined the Union.", "Armenia's accession to the treaty was in January.", False),
        ("Armenia signed the treaty.", "Armenia is a party.", False),
    ],
)
def test_an_act_is_not_another(stated, source, wrong):
    glossary = load_glossary()
    facts = [Facts(text, "ru" if text[0] > "z" else "en", glossary) for text in (stated, source)]
    assert misnamed(*facts) is wrong
