"""What makes the database itself keep a text in use as it is."""

TABLE = "privacy_legaltext"


def text_triggers(vendor: str) -> tuple[list[str], list[str]]:
    """The statements that refuse to change or delete a text in use, and those that undo them.

    On SQLite they must be run again by every migration that alters the table: it is made anew.
    """
    if vendor == "sqlite":
        drop = [
            "DROP TRIGGER IF EXISTS privacy_legaltext_active",
            "DROP TRIGGER IF EXISTS privacy_legaltext_active_delete",
        ]
        make = [
            f"CREATE TRIGGER {name} BEFORE {act} ON {TABLE} WHEN OLD.active_from IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'a text in use is kept as it is'); END"
            for name, act in [
                ("privacy_legaltext_active", "UPDATE"),
                ("privacy_legaltext_active_delete", "DELETE"),
            ]
        ]
        return [*drop, *make], drop
    drop = [f"DROP TRIGGER IF EXISTS privacy_legaltext_active ON {TABLE}"]
    make = [
        "CREATE OR REPLACE FUNCTION refuse_change_of_active() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a text in use is kept as it is' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER privacy_legaltext_active BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW WHEN (OLD.active_from IS NOT NULL) "
        "EXECUTE FUNCTION refuse_change_of_active()",
    ]
    return [*drop, *make], drop
