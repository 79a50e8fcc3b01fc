"""Hours in which a watch sends nothing, as in "22:00-07:00 Europe/Berlin"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ACCEPTED = '"22:00-07:00 Europe/Berlin": two times of day and a time zone (without one: UTC)'
_FORM = re.compile(r"(\d{2}:\d{2}) ?- ?(\d{2}:\d{2})(?: +(\S+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A part of every day, in the clocks of a time zone; it may reach over midnight."""

    begin: time
    end: time
    zone: ZoneInfo

    def holds(self, moment: datetime) -> bool:
        """Return whether a moment is in it; the end is not."""
        clock = moment.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


def parse_quiet_hours(text: str) -> QuietHours:
    """Return the hours that a text names. Raises ValueError."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError("cannot be read")
    try:
        begin, end = time.fromisoformat(found[1]), time.fromisoformat(found[2])
        zone = ZoneInfo(found[3] or "UTC")
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"cannot be read: {error}") from error
    if begin == end:
        raise ValueError("is no time at all")
    return QuietHours(begin, end, zone)
