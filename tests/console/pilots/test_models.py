"""The matrix never loses a case, whatever it leaves out; progress estimates only when it can."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.pilots.shadow import NO_ANSWER, ShadowCase, ShadowReport, Status, compare
from console import words
from console.models.pilots import lowest_types, matrix, progress, right_of, same

LABELS = st.sampled_from([f"label_{n}" for n in range(12)])
CASES = st.lists(
    st.builds(
        lambda n, proposed, human, status: ShadowCase(str(n), proposed, human, status),
        st.integers(0, 10_000), st.none() | LABELS, st.none() | LABELS, st.sampled_from(list(Status)),
    ),
    max_size=80,
)  # fmt: skip


def report(cases: list[ShadowCase]) -> ShadowReport:
    return compare(cases, title="T", outcome_field="queue")


@given(CASES, st.integers(1, 12))
def test_rows_add_up_to_what_people_decided(cases: list[ShadowCase], most: int) -> None:
    made = report(cases)
    shown = matrix(made, most)
    assert len(shown.rows) <= most
    assert [sum(row) for row in shown.cells] == list(shown.totals)
    decided = [case.human for case in cases if case.human is not None]
    assert list(shown.totals) == [decided.count(row) for row in shown.rows]
    assert len(shown.rows) + shown.left_out[0] == len(set(decided))


@given(CASES)
def test_every_difference_is_in_the_matrix_or_counted_as_left_out(cases: list[ShadowCase]) -> None:
    made = report(cases)
    shown = matrix(made, 4)
    inside = sum(
        cells[column] for row, cells in zip(shown.rows, shown.cells, strict=True)
        for column, name in enumerate(shown.columns) if name != row
    )  # fmt: skip
    assert inside + shown.left_out[1] == made.compared - same(made)


def test_no_answer_is_a_column_of_its_own() -> None:
    made = report([ShadowCase("1", None, "a", Status.FAILED), ShadowCase("2", "a", "a", Status.FINISHED)])
    assert matrix(made).columns == ("a", NO_ANSWER)
    assert matrix(made).cells == ((1, 1),)


def test_types_with_too_few_cases_do_not_lead_the_list() -> None:
    few = [ShadowCase("x", "b", "rare", Status.FINISHED)]
    many = [ShadowCase(str(n), "a" if n else "b", "a", Status.FINISHED) for n in range(60)]
    shown = lowest_types(report(few + many))
    assert [each.label for each in shown] == ["a"]
    assert right_of(shown[0].agreement) == "59/60"
    assert [each.label for each in lowest_types(report(few))] == ["rare"]


def test_an_estimate_needs_a_few_ended_runs_and_leaves_out_who_waits() -> None:
    def state(ended: int, asking: int) -> dict[str, object]:
        states = {"finished": ended, "asking": asking}
        return {"states": states, "total": 20, "done": False, "cancelled": False, "refused": 0, "error": None}

    assert progress(state(2, 0), 0, 2_000_000).left_us is None
    assert progress(state(4, 6), 0, 2_000_000).left_us == 5_000_000
    assert progress(state(4, 6), 0, 2_000_000).share == 0.2


def test_a_label_is_read_as_words() -> None:
    assert words.in_words("card_not_working", capital=False) == "card not working"
