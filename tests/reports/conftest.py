"""The real export of a hardware seller, put straight into the tables of a book."""

import csv
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from salestrack.services.setup import Answers, new_book
from salestrack.store import Actor, Store, open_store

ACTOR = Actor("tester", terminal=False, now=lambda: datetime(2017, 12, 31))
STAGES = (("Prospecting", 10, "open"), ("Engaging", 40, "open"), ("Won", 100, "won"), ("Lost", 0, "lost"))


@pytest.fixture(scope="session")
def maven_folder(real_data: Path) -> Path:
    """Return the folder of the seller's export."""
    return real_data / "maven-crm"


@pytest.fixture(scope="session")
def maven_rows(maven_folder: Path) -> list[dict[str, str]]:
    """Return the opportunities as they stand in the file."""
    with (maven_folder / "sales_pipeline.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def maven(
    maven_folder: Path, maven_rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """Open a book with every opportunity: engaged ones entered Engaging on their engage date, the others are undated."""
    path = tmp_path_factory.mktemp("maven") / "maven.db"
    new_book(path, Answers(currency="USD"), ACTOR)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    _fill(connection, maven_folder, maven_rows)
    connection.execute("COMMIT")
    connection.close()
    store = open_store(str(path), ACTOR, mode="read")
    yield store
    store.close()


def _fill(db: sqlite3.Connection, folder: Path, rows: list[dict[str, str]]) -> None:
    stages = _stages(db)
    with (folder / "accounts.csv").open(newline="", encoding="utf-8") as file:
        accounts = {row["account"]: row["sector"] for row in csv.DictReader(file)}
    customers = _named(db, "customers", accounts, "segment")
    owners = _named(db, "owners", dict.fromkeys(sorted({row["sales_agent"] for row in rows})))
    products = _named(db, "products", dict.fromkeys(sorted({row["product"] for row in rows})))
    for number, row in enumerate(rows, start=1):
        _deal(db, number, row, stages, (customers.get(row["account"]), owners[row["sales_agent"]]))
        amount = _cents(row["close_value"])
        db.execute(
            "INSERT INTO deal_lines (deal_id, position, kind, product_id, amount, book_amount, created_op) "
            "VALUES (?, 0, 'product', ?, ?, ?, 1)",
            (number, products[row["product"]], amount, amount),
        )


def _stages(db: sqlite3.Connection) -> dict[str, int]:
    pipeline = db.execute("INSERT INTO pipelines (name, position, created_op) VALUES ('maven', 1, 1)").lastrowid
    found = {}
    for position, (name, probability, kind) in enumerate(STAGES):
        found[name] = db.execute(
            "INSERT INTO stages (pipeline_id, name, position, kind, probability, created_op) VALUES (?, ?, ?, ?, ?, 1)",
            (pipeline, name, position, kind, probability),
        ).lastrowid
    return {"pipeline": pipeline, **found}


def _named(db: sqlite3.Connection, table: str, names: dict[str, Any], column: str | None = None) -> dict[str, int]:
    found = {}
    for name, value in names.items():
        row = {"name": name, "created_op": 1}
        row |= {"key": name.lower()} if table != "owners" else {}
        row |= {"currency": "USD"} if table == "products" else {}
        row |= {column: value} if column else {}
        sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
        found[name] = db.execute(sql, tuple(row.values())).lastrowid
    return found


def _deal(
    db: sqlite3.Connection, number: int, row: dict[str, str], stages: dict[str, int], who: tuple[int | None, int]
) -> None:
    stage, engaged, closed = row["deal_stage"], row["engage_date"] or None, row["close_date"] or None
    status = {"Won": "won", "Lost": "lost"}.get(stage, "open")
    amount = _cents(row["close_value"])
    db.execute(
        "INSERT INTO deals (id, title, customer_id, owner_id, pipeline_id, stage_id, stage_since, status, amount, "
        "currency, book_amount, created_on, closed_on, created_op) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'USD', ?, ?, ?, 1)",
        (
            number, row["opportunity_id"], *who, stages["pipeline"], stages[stage], closed or engaged, status, amount,
            amount if closed else None, engaged, closed,
        ),
    )  # fmt: skip
    if stage == "Prospecting":
        versions = [(None, None, stage)]
    else:
        versions = [(engaged, closed, "Engaging")] + ([(closed, None, stage)] if closed else [])
    for since, until, name in versions:
        db.execute(
            "INSERT INTO deal_history (deal_id, seq, from_on, to_on, stage_id, stage_since, amount, currency, created_op) "
            "VALUES (?, 1, ?, ?, ?, ?, ?, 'USD', 1)",
            (number, since, until, stages[name], since, amount),
        )


def _cents(text: str) -> int | None:
    return int(text) * 100 if text else None
