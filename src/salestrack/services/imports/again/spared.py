"""New names in columns that a person edited: these columns stay as they are, so nothing is created for them."""

from salestrack.services.imports.reading import Reading
from salestrack.store.hand_edits import hand_edited
from salestrack.store.staged_belonging import StagedBelonging

_NAMED = ("owner_id", "reason_id", "contact_id", "customer_id")


def spare_names(reading: Reading) -> None:
    """Note which cells of known records name somebody or something new, and will not be taken over."""
    kind, columns = reading.kind.name, [name for name in _NAMED if name in reading.staging.columns]
    rows = [row for row in reading.staged.naming(columns) if not row["own"]] if columns and kind != "history" else []
    if not rows:
        return
    edited = hand_edited(reading.store.engine, kind, [row["record_id"] for row in rows])
    spared = [
        (row["line"], name)
        for row in rows
        for name in columns
        if (row[name] or 0) < 0 and name in edited.get(row["record_id"], ())
        if name != "customer_id" or not row["people"]  # a new contact stands at a new customer
    ]
    if spared:
        reading.staging.add("spared", ("line", "name"), spared)
    if kind == "sales":
        kept = {line for line, name in spared if name == "customer_id"}
        stays = {row["record_id"] for row in rows if row["line"] in kept}
        StagedBelonging(reading.store.engine).let_follow(sorted(stays))
