"""The shortest program that answers from an index with sentence-transformers and FAISS.

Usage: python scripts/minimal_answer.py MODEL_FOLDER INDEX_FOLDER QUESTION

Prints the text of the nearest passage. `scripts/bench_encoder.py` measures eurag's start against it.
"""

import json
import sys
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer


def main() -> None:
    """Load the model, open the index, encode the question, search, print."""
    model_folder, index_folder, question = sys.argv[1:]
    model = SentenceTransformer(model_folder, device="cpu")
    index = faiss.read_index(f"{index_folder}/passages.faiss")
    texts = json.loads(Path(index_folder, "passages.json").read_text("utf-8"))
    _, found = index.search(model.encode_query([question], normalize_embeddings=True), 1)
    print(texts[found[0][0]])


if __name__ == "__main__":
    main()
