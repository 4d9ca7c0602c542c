import numpy as np

from embeddings.priors import load_priors


def test_priors_of_both_languages_are_shipped_for_the_default_encoder(e5):
    priors = load_priors(e5.id)
    assert set(priors) == {"ru", "en"}
    assert {prior.shape for prior in priors.values()} == {(e5.dimension,)}
    assert all(0.5 < np.linalg.norm(prior) < 1 for prior in priors.values())


def test_another_encoder_has_none():
    assert load_priors("another") == {}


def test_each_language_is_nearer_to_its_own_prior(e5):
    priors = load_priors(e5.id)
    texts = {"en": "Bread is baked from flour, water and yeast.", "ru": "Хлеб пекут из муки, воды и дрожжей."}
    for language, text in texts.items():
        vector = e5.encode_passages([text])[0]
        assert max(priors, key=lambda code: vector @ priors[code] / np.linalg.norm(priors[code])) == language
