import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="needs locks of files")


@pytest.mark.slow
def test_everything_at_once_breaks_nothing():
    script = Path(__file__).parents[1] / "scripts" / "race_test.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["problems"] == 0
    assert min(result["quotes"], result["backups"]) > 0
