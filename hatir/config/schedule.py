"""What happens by the clock: the only list. Each line names a task of a room and when it runs."""

from __future__ import annotations

from hatir.foundation.jobs.schedule import Entry, daily, every

SCHEDULE: tuple[Entry, ...] = (
    daily("backups.write_due", at="02:30"),
    daily("jobs.forget_finished", at="03:10"),
    daily("transfer.sweep_half_files", at="03:20"),
    every("audit.seal_waiting", minutes=0.25),
    daily("audit.let_go_of_old", at="03:40"),
    daily("webhooks.forget_old", at="03:50"),
    every("feeds.start_due", minutes=1),
    every("notifications.digest", minutes=30),
    every("planning.remind", minutes=1),
    every("sequences.run", minutes=1),
    every("quotes.expire", minutes=30),
    daily("quotes.follow_up", at="07:30"),
    daily("notifications.forget", at="04:00"),
    daily("live.sweep", at="04:10"),
    every("customers.refresh_moving_segments", minutes=60),
    daily("customers.recalculate", at="04:30"),
    daily("leads.rescore", at="04:50"),
    daily("leads.learn", at="05:00"),
    daily("leads.follow_silent", at="07:30"),
    # Rates come out at half past three; the later time and the morning after make up for a bank that did not answer.
    daily("catalog.fetch_rates", at="15:45"),
    daily("catalog.fetch_rates", at="18:15"),
    daily("catalog.fetch_rates", at="08:15"),
    daily("sales.take_snapshot", at="00:20"),
    daily("sales.learn_winning", at="04:50"),
    daily("quality.profile_again", at="05:10"),
)
