"""Raw vectors by (encoder id, embedded string), so that nothing is embedded twice.

For each string its own vector, and its tokens' as codes. What depends on the collection (language
means) is applied later and never stored here.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.database import BUSY_TIMEOUT_S, connect_for_reading, damage, refusal, scrub
from corpus.disk import LEAST_FREE_BYTES, require_space
from embeddings.encoder import Encoder, TokenVectors, Vectors
from embeddings.errors import EmbeddingsError, IndexUnusable
from embeddings.priors import token_codec
from embeddings.token_codes import Codes, TokenCodec

BATCH = 32

_SCHEMA = """
CREATE TABLE IF NOT EXISTS passage (encoder TEXT, key BLOB, pooled BLOB NOT NULL, codes BLOB NOT NULL,
                                    token_starts BLOB NOT NULL, PRIMARY KEY (encoder, key)) STRICT, WITHOUT ROWID;
DROP TABLE IF EXISTS vector; -- before tokens were kept
"""

Progress = Callable[[int, int], None]
Starts = npt.NDArray[np.int64]


class VectorCache:
    """An SQLite file of vectors; each batch is committed, so a killed build keeps what it did."""

    def __init__(self, path: Path, *, read_only: bool = False, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
        """Open or create the file; `read_only` changes nothing, and a missing file holds no vector.

        Vectors are kept only while so many bytes of the disk stay free.
        Raises `IndexUnusable` where the file is no cache, `EmbeddingsError` where the disk refuses.
        """
        self._folder, self._least_free_bytes = path.parent, least_free_bytes
        try:
            self._connection = _for_reading(path) if read_only else _for_writing(path)
        except (sqlite3.OperationalError, OSError) as exc:
            raise EmbeddingsError(f"the vector cache {path} cannot be opened: {refusal(exc, path.parent)}") from exc
        except sqlite3.Error as exc:
            raise IndexUnusable(f"the vector cache {path} cannot be opened: {exc}; delete it to embed anew") from exc

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def damage(self) -> list[str]:
        """What SQLite finds wrong with the file, a sentence each."""
        return [
            f"the vector cache is damaged: {what}; delete vectors.db to embed anew" for what in damage(self._connection)
        ]

    def missing(self, encoder: Encoder, texts: Sequence[str]) -> list[str]:
        """The distinct texts that have no vector yet, in order."""
        wanted = dict.fromkeys(texts)
        known = self._known(encoder)
        return [text for text in wanted if _key(text) not in known]

    def embed(
        self, encoder: Encoder, texts: Sequence[str], progress: Progress | None = None, *, again: bool = False
    ) -> int:
        """Embed and keep what is missing, or `again` all; longest first. Returns how many were embedded.

        `progress` is told after each batch how many tokens are done, and of how many.
        """
        todo = list(dict.fromkeys(texts)) if again else self.missing(encoder, texts)
        todo.sort(key=len, reverse=True)
        tokens = [encoder.count_tokens(text) for text in todo] if progress else []
        codec = token_codec(encoder)
        for start in range(0, len(todo), BATCH):
            batch = todo[start : start + BATCH]
            self._keep(encoder, codec, batch, encoder.encode_passage_tokens(batch))
            if progress:
                progress(sum(tokens[: start + BATCH]), sum(tokens))
        return len(todo)

    def get(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length, in the order of `texts`, all of them embedded."""
        result = np.empty((len(texts), encoder.dimension), np.float32)
        select = "SELECT pooled FROM passage WHERE encoder = ? AND key = ?"
        for position, text in enumerate(texts):
            row = self._connection.execute(select, (encoder.id, _key(text))).fetchone()
            result[position] = np.frombuffer(row[0], np.float32)
        return result

    def tokens(self, encoder: Encoder, text: str) -> tuple[Codes, Starts]:
        """(t, width) uint8 codes of an embedded text's tokens, and (t,) int64, where in it each begins."""
        select = "SELECT codes, token_starts FROM passage WHERE encoder = ? AND key = ?"
        codes, starts = self._connection.execute(select, (encoder.id, _key(text))).fetchone()
        found = np.frombuffer(starts, np.uint32).astype(np.int64)
        return np.frombuffer(codes, np.uint8).reshape(len(found), -1), found

    def _keep(self, encoder: Encoder, codec: TokenCodec, texts: Sequence[str], vectors: Sequence[TokenVectors]) -> None:
        """Store a batch in one transaction. Raises `DiskFull`."""
        require_space(self._folder, self._least_free_bytes)
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO passage VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        encoder.id,
                        _key(text),
                        vector.pooled.tobytes(),
                        codec.encode(vector.tokens).tobytes(),
                        vector.offsets[:, 0].astype(np.uint32).tobytes(),
                    )
                    for text, vector in zip(texts, vectors, strict=True)
                ],
            )

    def forget(self, texts: Sequence[str]) -> None:
        """Erase the vectors of these texts, of every encoder. Raises `sqlite3.Error` where a trace is left."""
        with self._connection:
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.executemany("DELETE FROM passage WHERE key = ?", [(_key(text),) for text in texts])
        scrub(self._connection)

    def _known(self, encoder: Encoder) -> set[bytes]:
        rows = self._connection.execute("SELECT key FROM passage WHERE encoder = ?", (encoder.id,))
        return {row[0] for row in rows}


def _for_writing(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_SCHEMA)
    return connection


def _for_reading(path: Path) -> sqlite3.Connection:
    """The file, or where it is missing or of an older form an empty cache in memory."""
    connection = connect_for_reading(path)
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'passage'").fetchone():
        return connection
    connection.close()
    connection = sqlite3.connect(":memory:")
    connection.executescript(_SCHEMA)
    return connection


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
