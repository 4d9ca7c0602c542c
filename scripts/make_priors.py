"""Compute `embeddings/priors.npz`: the mean passage vector of each language of the built-in library.

Run `python scripts/make_priors.py` after the default encoder or the library changes much.
"""

import tempfile
from pathlib import Path

import numpy as np

from corpus import Library, SplitterSettings, add_builtin
from embeddings import DEFAULT_ENCODER, open_encoder
from embeddings.build import passages_of
from embeddings.priors import PRIORS_FILE


def main() -> None:
    """Embed the built-in library and write the means."""
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library.db") as library:
        add_builtin(library)
        encoder = open_encoder(DEFAULT_ENCODER, Path(folder) / "model")
        passages = passages_of(list(library.documents()), SplitterSettings(), encoder)
    vectors = encoder.encode_passages([passage.embedded for passage in passages])
    languages = np.array([passage.language for passage in passages])
    means = {str(code): vectors[languages == code].mean(axis=0) for code in np.unique(languages)}
    np.savez(PRIORS_FILE, encoder_id=np.array(encoder.id), **means)  # type: ignore[arg-type]  # its stub knows no ** of arrays
    print({code: (mean.shape, int((languages == code).sum())) for code, mean in means.items()})


if __name__ == "__main__":
    main()
