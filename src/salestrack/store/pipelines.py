"""Pipelines: their names and order. What is in them is a matter of stages."""

from salestrack.store.listed import NameList


class Pipelines(NameList):
    """The pipelines table."""

    table, noun, order = "pipelines", "pipeline", "position, id"

    def open_deals(self, key: int) -> int:
        """Return how many deals in a pipeline are open."""
        sql = (
            "SELECT count(*) FROM deals d JOIN stages s ON s.id = d.stage_id "
            "WHERE d.status = 'open' AND s.pipeline_id = ?"
        )
        return int(self._engine.value(sql, (key,)))

    def next_position(self) -> int:
        """Return the place after the last pipeline."""
        return int(self._engine.value("SELECT coalesce(max(position), -1) + 1 FROM pipelines"))

    def reorder(self, keys: list[int]) -> None:
        """Put pipelines into an order."""
        places = {row["id"]: row["position"] for row in self._engine.query("SELECT id, position FROM pipelines")}
        for position, key in enumerate(keys):
            if places[key] != position:
                self._engine.update(self.table, key, {"position": position})
