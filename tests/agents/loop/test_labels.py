"""What the job and the fields of a case say of their data is what a rule sees as `labels`."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.job.labels import DataLabels, declared_labels
from storage.events.calls import CallDecided, Ruling
from tests.agents.jobs import MINIMAL, job
from tests.agents.workbench import HEAD, bench, call, finish, job_text, says

POLICY = """\
policy:
  format: 1
  rules:
    - {id: private, effect: deny, because: Personal data stays here., when: 'tool == "change" && "pii" in labels'}
    - {id: open, effect: allow, because: Nothing personal.,
       when: 'tool == "change" && !("pii" in labels) && size(unproven) < 9'}
"""
WITH_MAIL = HEAD.replace("x-source: bank}", "x-source: bank}, mail: {type: string, x-labels: [pii]}")


@pytest.mark.parametrize(
    ("head", "labels", "case", "ruling"),
    [
        (HEAD, "[]", {}, Ruling.ALLOW),
        (HEAD, "[pii]", {}, Ruling.DENY),
        (WITH_MAIL, "[]", {}, Ruling.ALLOW),
        (WITH_MAIL, "[internal]", {"mail": "ann@example.org"}, Ruling.DENY),
    ],
)
async def test_a_rule_sees_the_labels(
    tmp_path: Path, head: str, labels: str, case: dict[str, str], ruling: Ruling
) -> None:
    text = job_text(head=head, policy=POLICY, model=f"model: {{route: scripted, labels: {labels}}}\n")
    replies = [says(call("change", {"id": "A1", "balance": 5})), says(finish())]
    async with bench(tmp_path / "w", replies, text) as b:
        rows = b.rows(await b.pilot([{"id": "1", "account": "A1", **case}]))
        (decided,) = b.bodies(str(rows[0].run), CallDecided)
        assert decided.ruling is ruling
        held = {label for found in ([labels.strip("[]")], ["pii"] if case else []) for label in found if label}
        assert set(decided.labels or ()) == held
        assert b.balance() == (5 if ruling is Ruling.ALLOW else 100)


CASE = """\
  properties:
    text: {type: string, x-labels: [text]}
    people: {type: array, items: {type: object, properties: {mail: {type: string, x-labels: [pii, mail]}}}}
"""


def test_a_field_labels_a_case_only_where_it_is_there() -> None:
    before, after = MINIMAL.split("  properties:\n", 1)
    made = job(before + CASE + after[after.index("outcome:") :], model="{labels: [internal]}")
    assert declared_labels(made) == ("internal", "mail", "pii", "text")
    labels = DataLabels(made)
    assert labels.of({"text": "Hello"}) == ("internal", "text")
    assert labels.of({"people": [{}, {"mail": "ann@example.org"}]}) == ("internal", "mail", "pii")
    for nothing in ({}, {"text": "", "people": []}, {"text": None, "people": [{"mail": None}]}):
        assert labels.of(nothing) == ("internal",)
