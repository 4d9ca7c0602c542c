import re
from pathlib import Path

from corpus.errors import EuragError
from rag import errors

OWN = {name: value for name, value in vars(errors).items() if isinstance(value, type) and value is not EuragError}


def test_the_tree_names_every_error_once():
    assert re.findall(r"^ +[x+] (\w+)$", errors.__doc__, re.M) == list(OWN)


def test_every_error_descends_from_the_one_of_the_package_which_the_command_line_knows():
    assert issubclass(errors.RagError, EuragError)
    assert all(issubclass(error, errors.RagError) for error in OWN.values())


def test_no_other_module_draws_one():
    own = Path(errors.__file__)
    drawn = re.compile(r"^class \w+\((?:Eurag|Rag)Error\)", re.M)
    assert not [path for path in own.parent.rglob("*.py") if path != own and drawn.search(path.read_text("utf-8"))]
