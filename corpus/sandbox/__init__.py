"""What a process that works on files from strangers may do: compute within limits, and read its own code.

`close` gives up all else for good: `limits` of the system, `landlock` for files, `seccomp` for everything that goes
through the kernel. Each is used where this machine has it; `held` says which are.
"""

from corpus.sandbox.closing import PROTECTIONS, close, end_with_parent, held
from corpus.sandbox.limits import Limits, allow_time

__all__ = ["PROTECTIONS", "Limits", "allow_time", "close", "end_with_parent", "held"]
