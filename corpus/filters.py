"""Which documents are asked for, by what their records say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be found; dates are ISO 8601, `since` and `until` inclusive.

    A document passes when any of its languages is the one asked for; without a date it does not when either date is
    set. `author` is any part of an author's name, `named` of title, source or an author's name, upper or lower case.
    Without `collections` those of all are found.
    """

    language: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    author: str | None = None
    named: str | None = None
    collections: tuple[str, ...] = ()

    def in_time(self, date: str) -> bool:
        """Whether a date of any precision lies between the bounds; no date, "", does when there are none."""
        if not (self.since or self.until):
            return True
        if not date or (self.since and date < self.since[: len(date)]):
            return False
        return not (self.until and date[: len(self.until)] > self.until)
