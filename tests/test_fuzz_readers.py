import json
import subprocess
import sys
from pathlib import Path


def test_damaged_files_of_every_format_cost_themselves_at_most():
    script = Path(__file__).parents[1] / "scripts" / "fuzz_readers.py"
    command = [sys.executable, str(script), "--inputs", "300", "--seed", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    outcomes = [outcome for counts in result["formats"].values() for outcome in counts.items()]
    assert sum(count for _, count in outcomes) == 300
    assert {name for name, _ in outcomes} == {"accepted", "rejected"}
