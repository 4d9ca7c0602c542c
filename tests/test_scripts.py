import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.mark.parametrize("name", ["rebuild_embeddings.py", "bench_rebuild.py", "crash_test.py", "eval_extraction.py"])
def test_a_script_runs_by_its_path_from_another_folder_where_only_the_dependencies_are_installed(name, tmp_path):
    """`-S` leaves out what an editable install adds; the dependencies come back by PYTHONPATH."""
    environment = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
    command = [sys.executable, "-S", str(SCRIPTS / name), "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout.lower()
