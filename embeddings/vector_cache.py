"""Raw vectors by (encoder id, embedded string), so that nothing is embedded twice.

What depends on the collection (language means) is applied later and never stored here.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import IndexUnusable

BATCH = 32

_BUSY_TIMEOUT_S = 30.0
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vector (encoder TEXT, key BLOB, vector BLOB NOT NULL, "
    "PRIMARY KEY (encoder, key)) STRICT, WITHOUT ROWID"
)

Progress = Callable[[int, int], None]


class VectorCache:
    """An SQLite file of vectors; each batch is committed, so a killed build keeps what it did."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises `IndexUnusable`."""
        try:
            self._connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute(_SCHEMA)
        except sqlite3.Error as exc:
            raise IndexUnusable(f"the vector cache {path} cannot be opened: {exc}; delete it to embed anew") from exc

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def missing(self, encoder: Encoder, texts: Sequence[str]) -> list[str]:
        """The distinct texts that have no vector yet, in order."""
        wanted = dict.fromkeys(texts)
        known = self._known(encoder)
        return [text for text in wanted if _key(text) not in known]

    def embed(
        self, encoder: Encoder, texts: Sequence[str], progress: Progress | None = None, *, again: bool = False
    ) -> int:
        """Embed and keep what is missing, or `again` all; longest first. Returns how many were embedded."""
        todo = list(dict.fromkeys(texts)) if again else self.missing(encoder, texts)
        todo.sort(key=len, reverse=True)
        for start in range(0, len(todo), BATCH):
            batch = todo[start : start + BATCH]
            vectors = encoder.encode_passages(batch)
            with self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)",
                    [(encoder.id, _key(t), v.tobytes()) for t, v in zip(batch, vectors, strict=True)],
                )
            if progress:
                progress(start + len(batch), len(todo))
        return len(todo)

    def get(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length, in the order of `texts`, all of them embedded."""
        result = np.empty((len(texts), encoder.dimension), np.float32)
        select = "SELECT vector FROM vector WHERE encoder = ? AND key = ?"
        for position, text in enumerate(texts):
            row = self._connection.execute(select, (encoder.id, _key(text))).fetchone()
            result[position] = np.frombuffer(row[0], np.float32)
        return result

    def forget(self, texts: Sequence[str]) -> None:
        """Erase the vectors of these texts, of every encoder."""
        with self._connection:
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.executemany("DELETE FROM vector WHERE key = ?", [(_key(text),) for text in texts])
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _known(self, encoder: Encoder) -> set[bytes]:
        rows = self._connection.execute("SELECT key FROM vector WHERE encoder = ?", (encoder.id,))
        return {row[0] for row in rows}


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
