import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="needs SIGKILL and locks of files")


def test_builds_survive_being_killed():
    script = Path(__file__).parents[1] / "scripts" / "crash_test.py"
    command = [sys.executable, str(script), "--kills", "8", "--seed", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert (result["kills"], result["survived"]) == (8, 8)
    assert result["answers"] > 0
