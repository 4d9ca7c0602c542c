"""Days that select records. Every repository understands days, whichever granularity its datestamps have."""

import calendar
import datetime


def first_day(date: str) -> str:
    """The first day of a year, month or day in ISO 8601: 2020-05-01 for 2020-05."""
    return f"{date}-01-01"[:10]


def last_day(date: str) -> str:
    """The last day of a year, month or day in ISO 8601: 2020-05-31 for 2020-05."""
    year, month = int(date[:4]), int(date[5:7] or 12)
    return date if len(date) == 10 else f"{date[:4]}-{month:02d}-{calendar.monthrange(year, month)[1]}"


def day_before(day: str | None) -> str | None:
    """The day before one, where there is one: a change may be listed a little after the moment it is dated at."""
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat() if day else None
