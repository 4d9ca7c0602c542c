"""What is done with a treaty, by a state or a body: one that signed has not ratified."""

from rag.llm.facts import Facts

#: The usual English names of the glossary's entries, and the act that each is a word for.
_ACTS = {
    "signed": "sign",
    "ratified": "ratify",
    "ratification": "ratify",
    "entry into force": "enter into force",
    "joined": "join",
    "accession to the treaty": "join",
    "withdrew": "leave",
    "withdrawal": "leave",
    "suspended": "suspend",
    "ceased": "end",
    "termination": "end",
    "adopted": "adopt",
    "approved": "adopt",
    "proposed": "propose",
}


def misnamed(stated: Facts, source: Facts) -> bool:
    """Whether an act is stated that the source does not speak of, though it speaks of others."""
    here, there = _acts(stated), _acts(source)
    return bool(there and here - there)


def _acts(facts: Facts) -> set[str]:
    return {_ACTS[name] for mention in facts.known if (name := mention.entry.names["en"][0]) in _ACTS}
