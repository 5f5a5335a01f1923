"""What the routes are called and what is said of them, on the page and in the schema."""

from typing import NamedTuple

from django.utils.translation import gettext_noop


class Text(NamedTuple):
    title: str
    description: str


TITLE = gettext_noop("Figures for other systems")
DESCRIPTION = gettext_noop(
    "Each day's figures of a health department, as they were frozen, and what belongs to them."
    " All addresses are read with GET. Times are in UTC; days are days of the department."
)
ROUTES = {
    "summaries": Text(
        gettext_noop("List the summaries"),
        gettext_noop("The frozen summaries, newest first, with hash, chain and head figures."),
    ),
    "summary": Text(
        gettext_noop("Read a day's figures"),
        gettext_noop(
            "The frozen figures of a day. They never change: the ETag is the SHA-256 of the answer."
        ),
    ),
    "document": Text(
        gettext_noop("Fetch a document"),
        gettext_noop(
            "A document as it was made, the same to the byte each time. Its SHA-256 is the ETag"
            " and stands in the headers Digest and Repr-Digest."
        ),
    ),
    "provisional": Text(
        gettext_noop("Read the day being counted"),
        gettext_noop(
            "The figures until now, at most 30 seconds old. They are not kept and have no number;"
            " the frozen summary may differ. Keys from outside get the head figures alone."
        ),
    ),
    "period": Text(
        gettext_noop("Read several days as one"),
        gettext_noop(
            "The sum of what was told of the days, both ends included. Keys from outside get"
            " tables for whole months alone, once the month has been told."
        ),
    ),
    "totals": Text(
        gettext_noop("Read totals over departments"),
        gettext_noop(
            "Sums over the departments of a country for one day or several, with those that are"
            " not in them by name. For keys of a ministry."
        ),
    ),
    "units": Text(
        gettext_noop("List the units"),
        gettext_noop("The units of the department's province, or of the ministry's country."),
    ),
    "campaigns": Text(
        gettext_noop("List the campaigns"),
        gettext_noop("The campaigns of the department's province, and the national ones."),
    ),
    "me": Text(
        gettext_noop("Read about the key"),
        gettext_noop("Whose key it is, what it may read, until when and how often."),
    ),
}
# How an answer is called, by its status; those of problems are in ``problems``.
ANSWERS = {
    200: gettext_noop("The answer."),
    304: gettext_noop("Nothing has changed since the answer with this ETag."),
    401: gettext_noop("The key is missing, unknown, expired or ended."),
    403: gettext_noop("The key does not open this."),
    404: gettext_noop("There is nothing at this address, or nothing that this key may read."),
    405: gettext_noop("Every address is read with GET or HEAD."),
    406: gettext_noop("There is no answer in this form."),
    422: gettext_noop("A parameter was not understood."),
    429: gettext_noop("Too many requests."),
    500: gettext_noop("The portal could not answer."),
}
HEADERS = {
    "ETag": gettext_noop("Send it back as If-None-Match: 304 if nothing has changed."),
    "RateLimit-Limit": gettext_noop("How many requests a key has in a minute."),
    "RateLimit-Remaining": gettext_noop("How many are left in this minute."),
    "RateLimit-Reset": gettext_noop("How many seconds this minute still lasts."),
}
PARAMETERS = {
    "department": gettext_noop("The code of a department."),
    "day": gettext_noop("The day of the summary."),
    "format": gettext_noop("The format of the document."),
}
