"""Everything that is run by the clock, on one page.

The clock only wakes: each of these looks in the database for what is due and does no harm when it
runs twice or late.
"""

from celery.schedules import crontab

# A ring that waited longer than this is stale: the next one looks at the same rows.
EACH_MINUTE = {"schedule": crontab(), "options": {"expires": 55}}

SCHEDULE = {
    "sweep outgoing messages": {
        "task": "registration.outbox.tasks.sweep_messages",
        **EACH_MINUTE,
    },
    "count views and clicks of banners": {
        "task": "registration.banners.tasks.count_seen",
        # Seconds: with what nginx holds back, a click is counted within the minute.
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "visit units' websites": {
        # Each minute a few of those that were not visited since one o'clock at night, their time.
        "task": "registration.monitor.tasks.visit_due",
        **EACH_MINUTE,
    },
    "open windows and close those whose cut-off has passed": {
        "task": "registration.deliveries.tasks.close_due_windows",
        **EACH_MINUTE,
    },
    "watch over due times": {
        "task": "registration.deliveries.tasks.watch_due",
        **EACH_MINUTE,
    },
    "tell operators of the last day's problems": {
        # Before offices open in either country (06:37 in Vietnam, 02:37 in Turkey); the later
        # hours find nothing left to say unless the first one was missed.
        "task": "registration.deliveries.tasks.send_digest",
        "schedule": crontab(hour="23,0,1,2", minute=37),
    },
    "make tables of events that were left lying": {
        "task": "registration.overview.tasks.sweep_exports",
        **EACH_MINUTE,
    },
    "forget tables of events after a day": {
        "task": "registration.overview.tasks.forget_exports",
        "schedule": crontab(minute=41),
    },
    "erase what is no longer to be kept": {
        "task": "registration.privacy.tasks.run_retention",
        # At night in both countries.
        "schedule": crontab(hour=19, minute=47),
    },
    "look up who asked for a link to their record": {
        "task": "registration.records.tasks.sweep_asks",
        **EACH_MINUTE,
    },
    "tell relatives whom people named": {
        "task": "registration.records.tasks.tell_relatives",
        "schedule": crontab(minute="*/10"),
    },
    "remind owners of intents": {
        "task": "registration.intake.tasks.remind_due",
        "schedule": crontab(minute=23),
    },
    "remind departments of requests about data": {
        "task": "registration.rights.tasks.remind_due",
        "schedule": crontab(minute=31),
    },
    "make lists of issued cards": {
        "task": "registration.cards.tasks.make_transfers",
        "schedule": crontab(minute="*/10"),
    },
    "chase lists that nobody acknowledged": {
        "task": "registration.cards.tasks.chase_transfers",
        "schedule": crontab(minute=37),
    },
    "forget ended limits": {
        "task": "registration.common.tasks.forget_ended_limits",
        "schedule": crontab(minute=17),
    },
    "touch the worker's sign of life": {
        "task": "portal.tasks.touch_worker",
        **EACH_MINUTE,
    },
}
