import pytest

from rag.llm.facts import Facts
from rag.llm.pairing import mismatched
from rag.search.glossary import load_glossary

SHARES = "The key gave 87.97% to Russia, 7.33% to Kazakhstan and 4.70% to Belarus."
DATES = "In force from 20 September 2012 for Belarus, Russia and Ukraine, and from 17 October 2012 for Armenia."


@pytest.mark.parametrize(
    ("stated", "source", "wrong"),
    [
        ("Kazakhstan received 7.33%.", SHARES, False),
        ("Kazakhstan received 4.70%.", SHARES, True),
        ("4,70% получила Беларусь, 7,33% — Казахстан.", SHARES, False),
        ("87,97% получила Беларусь.", SHARES, True),
        ("In force for Ukraine from 20 September 2012.", DATES, False),
        ("In force for Armenia from 20 September 2012.", DATES, True),
        ("Russia has a share of 5%.", "The share is 5% and Russia pays it.", False),
    ],
)
def test_a_number_or_date_of_another_country_is_a_mismatch(stated, source, wrong):
    glossary = load_glossary()
    language = "ru" if "получила" in stated else "en"
    assert mismatched(Facts(stated, language, glossary), Facts(source, "en", glossary)) is wrong
