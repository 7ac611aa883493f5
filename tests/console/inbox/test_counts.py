"""A decision counts as one, also when its call was performed since."""

from __future__ import annotations

from storage.queries import Queries
from storage.queries.inbox import decided_since, precedents
from tests.console.sample import Workspace


def test_a_decision_that_was_carried_out_is_still_a_decision(workspace: Workspace) -> None:
    with Queries(workspace.store) as queries, queries.view() as view:
        states = dict(view.connection.execute("SELECT approval, state FROM approval"))
        assert states[workspace.approved] == "spent"
        asked, chosen = "SELECT rule FROM approval WHERE approval = ?", (workspace.approved,)
        rule = view.connection.execute(asked, chosen).fetchone()[0]
        taken = view.connection.execute("SELECT count(*) FROM approval WHERE choice IS NOT NULL").fetchone()[0]
        resolved = view.connection.execute("SELECT count(*) FROM doubt WHERE verdict IS NOT NULL").fetchone()[0]
        assert taken >= 4
        assert decided_since(view.connection, 0) == taken + resolved
        before = {each.choice: each.times for each in precedents(view.connection, "invoice-matching", rule, 0)}
        assert before.get("approve", 0) >= 1
