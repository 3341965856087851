"""The time zone of the orders: Vietnam's, where a day begins at 17:00 UTC of the day before."""

from datetime import timedelta, timezone

#: Asia/Ho_Chi_Minh since 1975, without summer time: needs no data base of time zones.
VIETNAM = timezone(timedelta(hours=7))
