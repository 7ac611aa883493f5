"""The local day that a time falls on, in the store's one business time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.errors import BadInput

_QUARTER_US = 15 * 60 * 1_000_000


class BusinessDay:
    """Turns UTC microseconds into `YYYY-MM-DD`. Raises BadInput for an unknown time zone.

    Zones change their offset on quarter hours only (IANA, since 1972), so a day is looked up once a quarter.
    """

    def __init__(self, time_zone: str) -> None:
        try:
            self._zone = ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadInput(
                f"Time zone '{time_zone}' is unknown.", hint="Use a name such as Europe/Berlin or UTC."
            ) from error
        self._quarter, self._known = -1, ""

    def of(self, ts: int) -> str:
        """Return the day of `ts` (UTC microseconds)."""
        quarter = ts // _QUARTER_US
        if quarter != self._quarter:
            local = datetime.fromtimestamp(quarter * 900, UTC).astimezone(self._zone)
            self._quarter, self._known = quarter, local.date().isoformat()
        return self._known
