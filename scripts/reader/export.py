"""Write what training changed into the reader's file: `rag/reader/model/` by default.

python scripts/reader/export.py STATE.pt [--out FOLDER]
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from network import Reader, exported_name

from embeddings.e5_weights import WEIGHTS_SHA256
from rag.reader.artefact import DATA, quantise, write

_LICENCES = {
    "SQuAD 1.1, 2.0": "CC BY-SA 4.0 (Rajpurkar et al. 2016, 2018)",
    "TyDi QA": "Apache-2.0 (Clark et al. 2020)",
    "DaNetQA passages": "CC0, CC BY-SA (Wikipedia)",
    "FEVER": "CC BY-SA 3.0 (Thorne et al. 2018)",
    "RTE": "research (Dagan et al.; Wang et al. 2019)",
    "TERRa": "MIT (Shavrina et al. 2020)",
    "questions and passages written for this project": "Apache-2.0",
    "multilingual-e5-small, which it is a difference to": "MIT (Wang et al. 2024)",
}


def main() -> None:
    """Quantise and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("states", type=Path, nargs="+", help="state.pt of training; of several the mean is taken")
    parser.add_argument("--out", type=Path, default=Path("rag/reader/model"))
    options = parser.parse_args()
    net = Reader()
    states = [torch.load(path)["net"] for path in options.states]
    layers = 1 + max(int(name.split(".")[1]) for name in states[0] if name.startswith("layers."))
    arrays = {}
    for name in states[0]:
        own = exported_name(name)
        if own is None:
            continue
        value = torch.stack([state[name] for state in states]).mean(0).numpy()
        if not name.startswith("layers"):
            arrays[own] = value.astype(np.float32)
            continue
        change = value.ravel() - net.weights.tensor(own)
        arrays[own] = quantise(change) if value.ndim == 2 else change.astype(np.float16)
    files = dict.fromkeys(path.parent / "report.json" for path in options.states)
    reports = [json.loads(file.read_text("utf-8")) for file in files if file.exists()]
    report = {"training": {"stages": reports}, "licences": _LICENCES}
    manifest = write(options.out, arrays, WEIGHTS_SHA256, layers, report)
    print(f"{manifest.id}: {(options.out / DATA).stat().st_size / 1e6:.1f} MB in {options.out}")


if __name__ == "__main__":
    main()
