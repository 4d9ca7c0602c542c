"""From the network that is trained to the graph that answers: the two must read alike."""

import json
import sys

import numpy as np
import pytest
import torch

from embeddings.e5_weights import WEIGHTS_SHA256
from rag.reader.artefact import verify
from rag.reader.packaged import PackagedReader
from rag.reader.reading import Window

QUESTIONS = ["Where does the Court sit?", "Сколько лет служат судьи?", "Where is tea grown?"]
WINDOWS = [
    Window("The Court. ", "The Court of the Union sits in Minsk. Its judges serve nine years."),
    Window("", "Судьи служат в Суде девять лет."),
    Window("Money. ", "The budget of the Union is adopted each year."),
]


@pytest.fixture(scope="module")
def trained(script, tmp_path_factory):
    """A network of one layer, changed a little as training would, and its state in a file."""
    torch.manual_seed(0)
    net = script("network").Reader(1)
    with torch.no_grad():
        for name, values in net.named_parameters():
            if name.startswith("layers"):
                values.add_(0.01 * torch.randn_like(values))
    folder = tmp_path_factory.mktemp("trained")
    torch.save({"net": net.state_dict()}, folder / "state.pt")
    (folder / "report.json").write_text('{"rows": ["made.jsonl.gz"]}', "utf-8")
    return net.eval(), folder


@pytest.fixture(scope="module")
def exported(script, trained, tmp_path_factory):
    """The folder that the script writes."""
    out = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["export.py", str(trained[1] / "state.pt"), "--out", str(out)])
        script("export").main()
    return out


def test_the_file_is_whole_and_says_what_was_trained_and_on_what(exported):
    manifest = verify(exported, WEIGHTS_SHA256)
    assert manifest.layers == 1
    assert manifest.training == {"stages": [{"rows": ["made.jsonl.gz"]}]}
    assert json.loads((exported / "reader.json").read_text("utf-8"))["licences"]


def test_the_graph_reads_as_the_network_that_was_trained(trained, exported, tmp_path):
    net, _ = trained
    reader = PackagedReader.open(tmp_path, exported)
    readings = reader.read(QUESTIONS, WINDOWS)
    supports = reader.supports(QUESTIONS, WINDOWS)
    for number, (question, window) in enumerate(zip(QUESTIONS, WINDOWS, strict=True)):
        row = reader._rows.row(reader._rows.question(question), reader._rows.head(window.head), window.text)
        with torch.no_grad():
            out = net(*net.embed([row.ids], len(row.ids)))
        assert readings[number].answers == pytest.approx(out["answers"].item(), abs=0.05)
        assert supports[number] == pytest.approx(out["supports"].item(), abs=0.05)
        states = reader._states(row)
        own = states @ reader._heads["span.weight"].T + reader._heads["span.bias"]
        np.testing.assert_allclose(own[:, 0], out["start"][0].numpy(), atol=0.1)
        np.testing.assert_allclose(own[:, 1], out["end"][0].numpy(), atol=0.1)


def test_a_row_is_read_alike_alone_and_beside_a_longer_one(trained):
    net, _ = trained
    rows = [list(range(5, 15)), list(range(5, 45))]
    with torch.no_grad():
        alone = net(*net.embed(rows[:1], 10))
        padded = net(*net.embed(rows, 48))
    assert padded["answers"][0].item() == pytest.approx(alone["answers"].item(), abs=1e-4)
    torch.testing.assert_close(padded["start"][0, :10], alone["start"][0], atol=1e-4, rtol=0)


def test_an_untrained_network_has_the_states_of_the_encoder(script, e5):
    """With all layers; the heads apart, the two are one model."""
    net = script("network").Reader().eval()
    ids = e5._tokenizer.ids("query: Where does the Court of the Union sit?")
    begin, end = net.weights.frame
    seen = []
    net.span.register_forward_hook(lambda module, given, found: seen.append(given[0]))
    with torch.no_grad():
        net(*net.embed([[begin, *ids, end]], len(ids) + 2))
    pooled = torch.nn.functional.normalize(seen[0][0].mean(dim=0), dim=0).numpy()
    assert pooled @ e5.encode_queries(["Where does the Court of the Union sit?"])[0] > 0.97


def test_training_goes_on_from_what_was_exported(script, trained, exported):
    net, _ = trained
    network = script("network")
    again = network.Reader(1)
    network.start_from(again, exported)
    for name, values in net.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], values, atol=0.012, rtol=0)


def test_of_several_states_the_mean_is_exported(script, trained, tmp_path, monkeypatch):
    net, folder = trained
    other = {name: values + 0.5 if name == "span.bias" else values for name, values in net.state_dict().items()}
    torch.save({"net": other}, tmp_path / "other.pt")
    states = [str(folder / "state.pt"), str(tmp_path / "other.pt")]
    monkeypatch.setattr(sys, "argv", ["export.py", *states, "--out", str(tmp_path / "mean")])
    script("export").main()
    network = script("network")
    again = network.Reader(1)
    network.start_from(again, tmp_path / "mean")
    torch.testing.assert_close(again.span.bias, net.span.bias + 0.25)
