"""Whose summaries and whose list of recipients a member of staff meets: the fence of every page."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.units.choices import UnitKind
from registration.units.models import Unit


def visible_to(staff: Staff | AnonymousUser) -> QuerySet[Unit]:
    """The departments whose summaries this person may see."""
    departments = Unit.objects.filter(kind=UnitKind.DEPARTMENT).select_related("jurisdiction")
    if not isinstance(staff, Staff):
        return departments.none()
    if staff.may(Right.SEE_ALL_REPORTS):
        return departments.filter(
            Q(report_hours__isnull=False) | Q(windows__isnull=False)
        ).distinct()
    if not staff.may(Right.SEE_REPORTS):
        return departments.none()
    theirs = Q(pk=staff.unit_id) | Q(province__in=staff.provinces())
    return departments.filter(theirs).distinct()


def sees_totals_only(staff: Staff) -> bool:
    """Whether this person, a ministry's, reads sums over departments and no department's days."""
    if staff.may(Right.SEE_ALL_REPORTS) or not staff.may(Right.SEE_TOTALS):
        return False
    return not visible_to(staff).exists()


def kept_by(staff: Staff) -> QuerySet[Unit]:
    """The departments whose list of recipients this person may change: one's own, or all."""
    if not staff.may(Right.KEEP_RECIPIENTS):
        return Unit.objects.none()
    visible = visible_to(staff)
    if staff.may(Right.SEE_ALL_REPORTS):
        return visible
    return visible.filter(pk=staff.unit_id) if staff.unit_id else visible.none()


def may_send(staff: Staff, department: Unit) -> bool:
    """Whether this person may send a department's figures once more: its keepers, operators."""
    if staff.may(Right.WATCH_REPORTS):
        return visible_to(staff).filter(pk=department.pk).exists()
    return kept_by(staff).filter(pk=department.pk).exists()


def keepers_of(department: Unit, *, right: Right = Right.KEEP_RECIPIENTS) -> list[Staff]:
    """Who may change the list: the department's own staff and, as there may be one, others.

    With another ``right`` those who keep what it is about.
    """
    staff = Staff.objects.filter(is_active=True).order_by("pk").prefetch_related("roles")
    everyone = [each for each in staff if each.may(right)]
    own = [each for each in everyone if each.unit_id == department.pk]
    return own if len(own) > 1 else [*own, *(one for one in everyone if one.unit_id is None)]
