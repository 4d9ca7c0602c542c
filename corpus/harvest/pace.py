"""How long a harvester waits: between two requests, and before it asks again after a refusal."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from corpus.errors import HarvestFailed


@dataclass(frozen=True, slots=True)
class Pace:
    """`pause_s` passes between requests; a refused one is tried `tries` times in all.

    Before each of these the wait doubles, and a random half of it is left out, so that harvesters that were refused
    together do not come back together; what a server asks for in Retry-After comes first, up to `longest_wait_s`.
    `notice` is told of every such wait.
    """

    pause_s: float = 1.0
    tries: int = 5
    first_wait_s: float = 2.0
    longest_wait_s: float = 600.0
    notice: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random

    def pause(self, since: float) -> None:
        """Sleep until `pause_s` have passed since a moment of the clock."""
        rest = since + self.pause_s - self.clock()
        if rest > 0:
            self.sleep(min(rest, self.pause_s))

    def back_off(self, tried: int, reason: str, retry_after: str | None = None) -> None:
        """Sleep before the next try, where `tried` have failed for a reason.

        Raises `HarvestFailed` when the server asks for more than `longest_wait_s`.
        """
        asked = self._asked(retry_after)
        if asked > self.longest_wait_s:
            raise HarvestFailed(f"{reason}: the server asks for {asked:.0f} s of rest; run the command again then")
        wait = min(self.first_wait_s * 2 ** (tried - 1), self.longest_wait_s) * (0.5 + self.chance() / 2)
        wait = max(asked, wait)
        self.notice(f"{reason}: waiting {wait:.0f} s")
        self.sleep(wait)

    def _asked(self, retry_after: str | None) -> float:
        """Seconds that a Retry-After header asks for: a number of them, or a date (RFC 9110, 10.2.3); else 0."""
        value = (retry_after or "").strip()
        if value.isdecimal():
            return float(value)
        try:
            return parsedate_to_datetime(value).timestamp() - self.clock()
        except (ValueError, TypeError, OverflowError):
            return 0.0
