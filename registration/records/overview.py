"""What a record shows, in words: for the page and for the paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from registration.accounts.choices import Role
from registration.cards.services import valid_card_of
from registration.common.dates import date_time, short_date
from registration.outbox.choices import Channel, State
from registration.outbox.models import Message
from registration.outbox.services import STOPPED
from registration.people.rules import show_phone
from registration.pledges.answers import stored_answers
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.models import Pledge, Relative
from registration.pledges.organs import organs_offered
from registration.pledges.rules import ROUTES, next_step, shown_state
from registration.pledges.steps import steps_taken
from registration.pledges.summary import summary_groups
from registration.privacy.models import Consent, View
from registration.records.history import earlier_own
from registration.records.visits import Visit
from registration.units.choices import PledgeKind
from registration.units.models import Unit

# The newest; the rest is in the export.
MOST_ROWS = 50

STATES: dict[str, str | Promise] = {
    PledgeState.RECEIVED: gettext_lazy("It is not confirmed yet and has no effect until it is."),
    PledgeState.WITHDRAWN: gettext_lazy("It is withdrawn and has no effect any more."),
    PledgeState.REPLACED: gettext_lazy("A newer registration took its place."),
    PledgeState.CONTESTED: gettext_lazy("It was stopped, because somebody said it is not theirs."),
    PledgeState.MERGED: gettext_lazy("It was put together with another registration."),
}
CONFIRMED: dict[str, str | Promise] = {
    PledgeKind.APPLICATION: gettext_lazy(
        "You have confirmed it. The unit that works on it compares it before it goes further."
    ),
    PledgeKind.INTENT: gettext_lazy(
        "You have confirmed it. It is your intent, not yet the statement that counts in law."
    ),
}
MESSAGES: dict[str, str | Promise] = {
    "pledges/receipt": gettext_lazy("Copy of the answers, with the link to confirm"),
    "pledges/replaced": gettext_lazy("Notice that a newer registration took the place"),
    "pledges/compare": gettext_lazy("Question whether a newer registration is yours"),
    "pledges/entered": gettext_lazy("Notice that a signed form was entered"),
    "pledges/contested": gettext_lazy("Notice that a registration was stopped"),
    "pledges/merged": gettext_lazy("Notice that two registrations were put together"),
    "pledges/taken_back": gettext_lazy("Notice that an entry was taken back"),
    "pledges/merged_away": gettext_lazy("Notice that two registrations were put together"),
    "pledges/merge_taken_back": gettext_lazy(
        "Notice that two registrations were taken apart again"
    ),
    "pledges/corrected": gettext_lazy("Notice of a change"),
    "intake/reminder": gettext_lazy("Reminder of the statement that counts in law"),
    "intake/reminder_withdrawn": gettext_lazy("Proof of withdrawal"),
    "cards/issued": gettext_lazy("Notice that the card was issued"),
    "cards/undone": gettext_lazy("Notice that the card was entered by mistake"),
    "stewards/contact_changed": gettext_lazy("Notice that a desk changed your address"),
    "stewards/withdrawn": gettext_lazy("Proof of withdrawal"),
    "records/link": gettext_lazy("Link to this record"),
    "records/opened": gettext_lazy("Notice that this record was opened"),
    "records/changed": gettext_lazy("Notice of a change"),
    "records/withdrawn": gettext_lazy("Proof of withdrawal"),
    "records/consent": gettext_lazy("Answer about the withdrawn consent"),
    "records/relative": gettext_lazy("Message to somebody close to you"),
}
DELIVERY: dict[str, str | Promise] = {
    State.WAITING: pgettext_lazy("message", "on its way"),
    State.SENDING: pgettext_lazy("message", "on its way"),
    State.SENT: pgettext_lazy("message", "sent"),
    State.FAILED: pgettext_lazy("message", "could not be delivered"),
}


@dataclass(frozen=True)
class Section:
    """Rows under a heading; ``empty`` is said when there are none."""

    key: str
    title: str
    rows: list[dict[str, str]]
    empty: str = ""


@dataclass(frozen=True)
class Step:
    label: str
    note: str
    is_done: bool
    is_next: bool


@dataclass(frozen=True)
class Named:
    """Somebody close, as the person wrote them down."""

    id: str
    name: str
    reach: str
    note: str


@dataclass(frozen=True)
class Overview:
    """All of a record but its export."""

    pledge: Pledge
    state: str
    state_code: str
    state_sentence: str
    stored: list[Section]
    steps: list[Step]
    sections: list[Section]
    relatives: list[Named]


class Writer:
    """Writes dates as the reader's language and the registration's country do."""

    def __init__(self, pledge: Pledge, language: str) -> None:
        self.zone = pledge.jurisdiction.time_zone
        self.language = language

    def moment(self, moment: datetime | None) -> str:
        return date_time(moment, self.language, zone=self.zone) if moment else ""

    def day(self, day: date | None) -> str:
        return short_date(day, self.language) if day else ""


def overview_of(visit: Visit, *, language: str) -> Overview:
    """The record of a visit. The same number of queries however much it holds."""
    pledge = visit.pledge
    write, state = Writer(pledge, language), shown_state(pledge.state)
    earlier = earlier_own(pledge, used=visit.contact)
    answers = stored_answers(pledge)
    also = {code for row in earlier for code in row.organ_codes}
    names = organs_offered(pledge.jurisdiction, also=(*answers.organs, *also)).names
    groups = summary_groups(
        answers, kind=pledge.kind, organ_names=names, language=language, hides_number=True
    )
    return Overview(
        pledge=pledge,
        state=str(state.label),
        state_code=state.value,
        state_sentence=str(STATES.get(state) or CONFIRMED[pledge.kind]),
        stored=[
            *(Section(group.field, group.title, group.rows) for group in groups),
            *_card(pledge, write),
        ],
        steps=_steps(pledge, write),
        sections=[
            _history(earlier, names, write),
            _consents(pledge, earlier, write),
            _views(pledge, earlier, write),
            _messages(pledge, write),
        ],
        relatives=[named(row, write) for row in pledge.relatives.all()],
    )


def _steps(pledge: Pledge, write: Writer) -> list[Step]:
    """The way of this kind of registration, with what was done, and what was done beside it."""
    taken = {row.kind: row for row in steps_taken(pledge)}
    steps = [Step(_("Registered"), write.moment(pledge.received_at), True, False)]
    if pledge.confirmed_at:
        steps.append(Step(_("Confirmed by you"), write.moment(pledge.confirmed_at), True, False))
    is_active = shown_state(pledge.state) == PledgeState.CONFIRMED
    following = next_step(pledge.kind, list(taken)) if is_active else None
    beside = [kind for kind in taken if kind not in ROUTES[pledge.kind]]
    for kind in [*beside, *ROUTES[pledge.kind]]:
        row = taken.get(kind)
        note = write.day(row.happened_on) if row else ""
        if row and row.unit_id:
            note = f"{note}, {row.unit}"
        steps.append(Step(_name_of(kind), note, row is not None, kind == following))
    return steps


def _name_of(kind: str) -> str:
    """A step in the words of whose registration it is."""
    if kind == StepKind.HANDED_OVER:
        return _("You said that it is done")
    return str(StepKind(kind).label)


def _card(pledge: Pledge, write: Writer) -> list[Section]:
    """The card that counts now, if there is one."""
    card = valid_card_of(pledge)
    if card is None:
        return []
    rows = [
        {"label": _("Card number"), "value": card.number},
        {"label": _("Issuer"), "value": card.issuer.name},
        {"label": _("Issued on"), "value": write.day(card.issued_on)},
    ]
    return [Section("card", _("Donor card"), rows)]


def _history(earlier: list[Pledge], names: Mapping[str, str], write: Writer) -> Section:
    rows = []
    for row in earlier:
        organs = ", ".join(name for code, name in names.items() if code in row.organ_codes)
        told = [
            _("Received %(moment)s") % {"moment": write.moment(row.received_at)},
            row.get_state_display(),
            write.moment(row.ended_at),
            organs,
        ]
        rows.append({"label": row.reference, "value": "; ".join(filter(None, told))})
    return Section(
        "history", _("Your earlier registrations"), rows, _("There is none that we can show you.")
    )


def _consents(pledge: Pledge, earlier: Iterable[Pledge], write: Writer) -> Section:
    languages = dict(settings.LANGUAGES)
    about = [pledge.pk, *(row.pk for row in earlier)]
    rows = []
    acts = Consent.objects.filter(about__in=about).select_related("text")
    for given in acts.order_by("-given_at", "text__kind")[:MOST_ROWS]:
        title = given.text.words(given.language)[0] or given.text.title
        told = [
            given.get_act_display(),
            write.moment(given.given_at),
            languages.get(given.language, given.language),
        ]
        if given.withdrawn_at:
            told.append(_("withdrawn on %(day)s") % {"day": write.moment(given.withdrawn_at)})
        version = _("version %(number)s") % {"number": given.text.version}
        rows.append({"label": f"{title}, {version}", "value": "; ".join(told)})
    return Section(
        "consents",
        _("What you read and agreed to"),
        rows,
        _("Nothing is stored here: what you signed is on paper."),
    )


def _views(pledge: Pledge, earlier: Iterable[Pledge], write: Writer) -> Section:
    subjects = [pledge.pk, *(row.pk for row in earlier)]
    if pledge.state != PledgeState.WAITING:
        subjects.append(pledge.person_id)
    seen = list(View.objects.filter(subject__in=subjects).order_by("-id")[:MOST_ROWS])
    units = {
        unit.code: unit.name
        for unit in Unit.objects.filter(code__in={view.unit_code for view in seen})
    }
    labels = dict(Role.choices)
    rows = []
    for view in seen:
        roles = ", ".join(str(labels.get(role, role)) for role in view.roles.split(",") if role)
        told = [roles or _("Staff"), units.get(view.unit_code, view.unit_code), view.reason]
        rows.append({"label": write.moment(view.seen_at), "value": "; ".join(filter(None, told))})
    return Section("views", _("Who looked at it"), rows, _("Nobody has looked at it."))


def _messages(pledge: Pledge, write: Writer) -> Section:
    rows = []
    for message in Message.objects.filter(about=pledge.pk).defer("text", "html")[:MOST_ROWS]:
        state = DELIVERY[message.state]
        if message.last_error == STOPPED:
            state = pgettext("message", "not sent, because messages are stopped")
        told = [
            str(MESSAGES.get(message.kind) or _("Message about this registration")),
            str(Channel(message.channel).label),
            str(state),
        ]
        moment = write.moment(message.sent_at or message.created_at)
        rows.append({"label": moment, "value": "; ".join(told)})
    return Section("messages", _("Messages about it"), rows, _("None was sent."))


def named(relative: Relative, write: Writer) -> Named:
    """A named relative and what became of the message."""
    if relative.declined_at:
        note = _("Wants no more messages")
    elif relative.told_at:
        note = _("Told on %(day)s") % {"day": write.moment(relative.told_at)}
    else:
        note = _("Will be told")
    reach = relative.email or show_phone(relative.phone)
    return Named(str(relative.pk), relative.full_name, reach, note)


def paper_rows(relatives: list[Named]) -> list[dict[str, str]]:
    return [{"label": row.name, "value": f"{row.reach}; {row.note}"} for row in relatives]
