"""What makes the database itself keep the words of a look-up, and still lets their key change."""

TABLE = "lookups_casewords"
SEALED = ("case_number", "reason")
WHY = f"rows of {TABLE} are kept for good"


def word_triggers(vendor: str) -> tuple[list[str], list[str]]:
    """The statements that refuse to delete, move or empty such a row, and those that undo them.

    A sealed value (``<key id>.<base64>``) may give its place to a sealed value. That both say the
    same no database can know: what was not sealed with the key for this very row does not open.
    """
    refused = ["NEW.look_up_id <> OLD.look_up_id"]
    refused += [f"(NEW.{c} <> OLD.{c} AND NEW.{c} NOT LIKE '%.%')" for c in SEALED]
    whens = {"UPDATE": f"WHEN ({' OR '.join(refused)})", "DELETE": ""}
    names = {act: f"{TABLE}_kept_{act.lower()}" for act in whens}
    if vendor == "sqlite":
        make = [
            f"CREATE TRIGGER {names[act]} BEFORE {act} ON {TABLE} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            for act, when in whens.items()
        ]
        drop = [f"DROP TRIGGER IF EXISTS {name}" for name in names.values()]
        return [*drop, *make], drop
    make = [
        "CREATE OR REPLACE FUNCTION refuse_change_of_words() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{WHY}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ]
    make += [
        f"CREATE TRIGGER {names[act]} BEFORE {act} ON {TABLE} FOR EACH ROW {when} "
        "EXECUTE FUNCTION refuse_change_of_words()"
        for act, when in whens.items()
    ]
    drop = [f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in names.values()]
    return [*drop, *make], drop
