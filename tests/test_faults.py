import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system calls are seen on Linux only")


def figures(script, *arguments):
    """The figures that a script ends with; the test is skipped where it says that it cannot work here."""
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.stdout.startswith("skipped: "):
        pytest.skip(done.stdout.strip().removeprefix("skipped: "))
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_call_that_fails_costs_neither_text_nor_answer():
    result = figures("fault_test.py", "--sample", 30, "--seed", 3)
    assert result["passed"] + result["made_fewer_calls"] == 30
    assert result["passed"] > 20


def test_what_was_reported_as_done_outlasts_a_power_failure():
    result = figures("power_test.py", "--replays", 4, "--seed", 3)
    assert result["survived"] == 4


@pytest.mark.slow
def test_every_call_may_fail():
    result = figures("fault_test.py")
    assert result["passed"] + result["made_fewer_calls"] == result["trials"]
    assert result["made_fewer_calls"] < result["trials"] / 20


@pytest.mark.slow
def test_the_power_may_go_at_any_moment():
    result = figures("power_test.py", "--replays", 50, "--seed", 4)
    assert result["survived"] == 50
