import json
import socket
import sys

import pytest

from rag.cli import main


@pytest.fixture
def eurag(monkeypatch, capfd, tmp_path):
    """Runs `eurag` on a home that does not exist yet; gives exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["eurag", *arguments, "--home", str(tmp_path / "home")])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        return exit_.value.code or 0, out, err

    return run


def test_a_key_is_told_with_the_id_by_which_it_is_revoked(eurag):
    made = json.loads(eurag("keys", "add", "--name", "laptop", "--json")[1])
    assert (made["name"], made["scope"]) == ("laptop", "read")
    assert made["key"].startswith(f"eurag-{made['id']}-")
    assert eurag("keys", "revoke", made["id"])[:2] == (0, f"revoked {made['id']}\n")


def test_a_key_without_a_name_is_refused_in_one_line(eurag):
    code, out, err = eurag("keys", "add", "--name", " ")
    assert (code, out) == (1, "")
    assert err.startswith("eurag: a key needs a name") and err.count("\n") == 1
    assert json.loads(eurag("keys", "list", "--json")[1]) == {"keys": []}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_in_use_is_refused_in_one_line_and_no_home_made(eurag, tmp_path, workers):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, out, err = eurag("serve", "--port", port, "--workers", workers)
    assert (code, out) == (1, "")
    assert err.startswith(f"eurag: cannot listen at 127.0.0.1, port {port}: Address already in use; ")
    assert err.count("\n") == 1
    assert not (tmp_path / "home").exists()


def test_a_port_that_is_none_is_refused_in_one_line(eurag, tmp_path):
    code, _, err = eurag("serve", "--port", "65536")
    assert (code, err) == (1, "eurag: the service's port must be 65535 or less, found 65536\n")
    assert not (tmp_path / "home").exists()
