"""What gives points of the lead score, and what they are given for."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from salestrack.domain.scores import ATTRIBUTES, Done, ScoreRule
from salestrack.errors import NotFoundError
from salestrack.store.engine import Engine

_AT_ONCE = 500  # customers in one statement


class Scores:
    """The score_rules table, and the facts that its rules ask about."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rules(self) -> list[ScoreRule]:
        """Return every rule, in the order in which they were added."""
        rows = self._engine.query("SELECT what, name, value, points, half_life, id FROM score_rules ORDER BY id")
        return [ScoreRule(**row) for row in rows]

    def get(self, key: int) -> ScoreRule:
        """Return one rule by its number; NotFoundError when there is none."""
        for rule in self.rules():
            if rule.id == key:
                return rule
        raise NotFoundError(f"there is no score rule {key}", hint="salestrack score list shows their numbers")

    def add(self, rule: ScoreRule, *, op: int) -> ScoreRule:
        """Store a new rule and return it with its number."""
        row = {**rule._asdict(), "created_op": op}
        del row["id"]
        return rule._replace(id=self._engine.insert("score_rules", row))

    def save(self, rule: ScoreRule) -> None:
        """Store the points and the half-life of a rule."""
        self._engine.update("score_rules", rule.id, {"points": rule.points, "half_life": rule.half_life})

    def remove(self, key: int) -> None:
        """Take a rule away."""
        self._engine.delete("score_rules", key)

    def customer_fields(self) -> list[str]:
        """Return the names of the custom fields that customers have."""
        rows = self._engine.query(
            "SELECT name FROM custom_fields WHERE record = 'customer' AND removed_on IS NULL ORDER BY id"
        )
        return [row["name"] for row in rows]

    def traits(self, customers: Sequence[int], rules: Sequence[ScoreRule]) -> dict[int, dict[str, list[str]]]:
        """Return what fit rules ask about: the values of customers by name, in lower case."""
        names = {rule.name for rule in rules if rule.what == "fit"}
        columns = sorted(names & set(ATTRIBUTES) - {"tag"})
        fields = sorted(name.removeprefix("field:") for name in names if name.startswith("field:"))
        found: dict[int, dict[str, list[str]]] = {key: {} for key in customers}
        parts = [f"c.{column} AS c{at}" for at, column in enumerate(columns)]
        parts += [f"c.fields ->> :field_{at} AS f{at}" for at in range(len(fields))]
        params = {f"field_{at}": name for at, name in enumerate(fields)}
        told = [(f"c{at}", column) for at, column in enumerate(columns)]
        told += [(f"f{at}", f"field:{name}".casefold()) for at, name in enumerate(fields)]
        if told:
            sql = f"SELECT c.id, {', '.join(parts)} FROM customers c WHERE c.id IN ({{in}})"
            for row in self._asked(sql, customers, params):
                own = {name: [_text(row[head])] for head, name in told if row[head] is not None}
                found[row["id"]].update(own)
        if "tag" in names:
            sql = "SELECT x.customer_id AS id, t.name FROM customer_tags x JOIN tags t ON t.id = x.tag_id "
            for row in self._asked(f"{sql} WHERE x.customer_id IN ({{in}})", customers, {}):
                found[row["id"]].setdefault("tag", []).append(row["name"])
        return found

    def done(self, customers: Sequence[int], kinds: Sequence[str]) -> dict[int, list[Done]]:
        """Return the done activities of customers by kind and day."""
        found: dict[int, list[Done]] = {}
        wanted = {f"kind_{at}": kind for at, kind in enumerate(kinds)}
        sql = (
            "SELECT a.customer_id AS id, a.kind, a.happened_on, count(*) AS number FROM activities a "
            f"WHERE a.customer_id IN ({{in}}) AND a.done = 1 AND a.kind IN ({', '.join(f':{name}' for name in wanted)}) "
            "AND a.happened_on IS NOT NULL GROUP BY a.customer_id, a.kind, a.happened_on"
        )
        for row in self._asked(sql, customers, wanted) if kinds else ():
            day = date.fromisoformat(row["happened_on"])
            found.setdefault(row["id"], []).append(Done(row["kind"], day, row["number"]))
        return found

    def _asked(self, sql: str, customers: Sequence[int], params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for start in range(0, len(customers), _AT_ONCE):
            some = {f"id_{at}": key for at, key in enumerate(customers[start : start + _AT_ONCE])}
            filled = sql.replace("{in}", ", ".join(f":{name}" for name in some))
            yield from self._engine.query(filled, params | some)


def _text(value: Any) -> str:
    return str(value)
