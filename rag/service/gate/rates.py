"""How many requests each key or address has sent, as this process alone has seen."""

SPAN_S = 60.0
_MOST_SUBJECTS = 10_000


class Rates:
    """The same algorithm as `Shared.spend` over a table in memory, for while the disk takes nothing."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}

    def spend(self, subject: str, step: float, now: float) -> float:
        """Count a request that is free again `step` seconds later; returns 0, or the seconds to wait when refused."""
        if len(self._free_at) >= _MOST_SUBJECTS:
            self._free_at = {subject: at for subject, at in self._free_at.items() if at > now}
        free_at = max(self._free_at.get(subject, now), now) + step
        if free_at > now + SPAN_S:
            return free_at - now - SPAN_S
        self._free_at[subject] = free_at
        return 0.0
