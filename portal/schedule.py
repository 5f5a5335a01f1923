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
    "open windows and close those whose cut-off has passed": {
        "task": "registration.reports.tasks.close_due_windows",
        **EACH_MINUTE,
    },
    "erase what nobody confirmed": {
        "task": "registration.pledges.tasks.erase_unconfirmed",
        "schedule": crontab(minute=47),
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
