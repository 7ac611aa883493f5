"""The tools over a real folder and a real SQLite ERP: what they return, refuse, and do exactly once."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from agents.pilots.samples.faults import Fault, Must
from agents.pilots.samples.invoices import InvoiceWorkspace, SampleCase, build_workspace
from agents.tools.invoices.tools import invoice_tools
from agents.tools.tool import CallContext, Effect, LivePermit, ToolFailed, ToolSource

NOW = 1_770_000_000_000_000


class Desk:
    """The tools of one workspace, called by name as a run calls them."""

    def __init__(self, workspace: InvoiceWorkspace) -> None:
        self.workspace = workspace
        found = invoice_tools(workspace.folder, workspace.erp, clock=lambda: NOW)
        self.tools: dict[str, ToolSource] = {each.spec.name: each for each in found}

    def call(self, name: str, key: str = "k1", **args: Any) -> Any:
        tool = self.tools[name]
        jsonschema.validate(args, dict(tool.spec.parameters))
        context = CallContext(run="r1", call="c1", key=key)
        reader = tool.reader()
        if reader is not None:
            return asyncio.run(reader.read(args, context))
        writer = tool.writer(LivePermit())
        assert writer is not None
        return asyncio.run(writer.write(args, context))

    def preview(self, **args: Any) -> Any:
        shown = self.tools["book_invoice"].previewer()
        assert shown is not None
        return asyncio.run(shown.preview(args))

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.workspace.erp)) as erp:
            return erp.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        with closing(sqlite3.connect(self.workspace.erp)) as erp:
            erp.execute(sql)
            erp.commit()

    def case(self, fault: Fault, file: str = "ubl-tc434-example5.xml") -> SampleCase:
        return next(each for each in self.workspace.cases if each.fault is fault and each.file == file)

    def proposal(self, case: SampleCase) -> dict[str, Any]:
        found = self.call("find_purchase_order", file=case.file, company=case.company)
        order = found["order"]["id"] if found["found"] else None
        booking = self.call("match_invoice", file=case.file, company=case.company, order=order)["booking"]
        return {"file": case.file, **booking}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, InvoiceWorkspace]:
    folder = tmp_path_factory.mktemp("built") / "w"
    return folder, build_workspace(folder, 77)


@pytest.fixture
def desk(tmp_path: Path, built: tuple[Path, InvoiceWorkspace]) -> Desk:
    """A fresh copy of one workspace for each test."""
    folder, workspace = built
    shutil.copytree(folder, tmp_path / "w")
    return Desk(replace(workspace, folder=tmp_path / "w" / "invoices", erp=tmp_path / "w" / "erp.sqlite"))


def test_a_clean_invoice_goes_all_the_way_and_the_order_is_closed(desk: Desk) -> None:
    case = desk.case(Fault.CLEAN)
    read = desk.call("read_einvoice", file=case.file)
    assert read["adds_up"]
    assert read["invoice"]["number"] == "TOSL110"
    args = desk.proposal(case)
    booked = desk.call("book_invoice", **args)
    assert (booked["booked"], booked["amount"], booked["order"]) == (True, "2337.50", f"{case.company}-PO-1")
    found = desk.rows(f"SELECT amount, booked_at, key FROM booking WHERE id = {booked['id']}")
    assert found == [(2_337_500_000, NOW, "k1")]
    assert desk.rows(f"SELECT status, version FROM purchase_order WHERE id = '{booked['order']}'") == [("closed", 2)]


def test_every_case_is_booked_or_handed_over_as_the_truth_says(desk: Desk) -> None:
    before = desk.rows("SELECT count(*) FROM booking")[0][0]
    cases = desk.workspace.cases[::4]
    for at, case in enumerate(cases):
        found = desk.call("find_purchase_order", file=case.file, company=case.company)
        order = found["order"]["id"] if found["found"] else None
        match = desk.call("match_invoice", file=case.file, company=case.company, order=order)
        assert (match["booking"] is None) == (match["handoff"] is not None) == (case.must is Must.ESCALATE), case.id
        if match["booking"] is not None:
            desk.call("book_invoice", key=f"b{at}", file=case.file, **match["booking"])
        else:
            desk.call("park_invoice", key=f"p{at}", file=case.file, company=case.company, reason="x")
    posted = sum(1 for each in cases if each.must is Must.POST)
    assert desk.rows("SELECT count(*) FROM booking")[0][0] == before + posted
    assert desk.rows("SELECT count(*) FROM parked")[0][0] == len(cases) - posted


def test_the_same_key_books_once_even_when_the_file_is_gone(desk: Desk) -> None:
    args = desk.proposal(desk.case(Fault.CLEAN))
    first = desk.call("book_invoice", **args)
    (desk.workspace.folder / args["file"]).unlink()
    assert desk.call("book_invoice", **args) == first


def test_another_key_for_a_booked_number_is_a_conflict_that_did_nothing(desk: Desk) -> None:
    args = desk.proposal(desk.case(Fault.PARTIAL_DELIVERY))
    desk.call("book_invoice", **args)
    before = desk.workspace.erp.read_bytes()
    with pytest.raises(ToolFailed, match="already booked") as error:
        desk.call("book_invoice", key="k2", **args)
    assert (error.value.category, error.value.did_nothing) == ("conflict", True)
    assert desk.workspace.erp.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("amount", "2337.51", "2337.50 DKK is due"),
        ("amount", "-2337.50", "2337.50 DKK is due"),
        ("currency", "EUR", "is in DKK"),
        ("supplier", "C0001-S-2", "of supplier"),
        ("order", "C9999-PO-1", "was named"),
        ("invoice", "TOSL111", "number is TOSL110"),
        ("iban", "DE89370400440532013000", "account on file"),
        ("order_version", 7, "has changed"),
        ("company", "C9999", "no company"),
        ("file", "ubl-tc434-example4.xml", "cannot be booked"),
    ],
)
def test_no_argument_can_be_another_than_the_comparison_allows(desk: Desk, name: str, value: Any, said: str) -> None:
    args = desk.proposal(desk.case(Fault.CLEAN))
    before = desk.workspace.erp.read_bytes()
    with pytest.raises(ToolFailed) as error:
        desk.call("book_invoice", **{**args, name: value})
    assert said in str(error.value)
    assert error.value.did_nothing
    assert desk.workspace.erp.read_bytes() == before


def test_an_order_that_changed_after_the_match_is_not_booked(desk: Desk) -> None:
    args = desk.proposal(desk.case(Fault.CLEAN))
    desk.execute(f"UPDATE order_line SET received = received - 1000000 WHERE purchase_order = '{args['order']}'")
    with pytest.raises(ToolFailed, match="received") as error:
        desk.call("book_invoice", **args)
    assert error.value.category == "conflict"


def test_a_part_of_the_amount_may_be_booked(desk: Desk) -> None:
    args = desk.proposal(desk.case(Fault.CLEAN))
    assert desk.call("book_invoice", **{**args, "amount": "2000"})["amount"] == "2000.00"


def test_many_at_once_book_one(desk: Desk) -> None:
    case = desk.case(Fault.CLEAN)
    args = desk.proposal(case)
    writer = desk.tools["book_invoice"].writer(LivePermit())
    assert writer is not None

    async def race() -> list[Any]:
        calls = [writer.write(args, CallContext("r", str(at), key=f"race{at}")) for at in range(8)]
        return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(race())
    assert sum(isinstance(each, dict) for each in results) == 1
    assert all(each.did_nothing for each in results if isinstance(each, ToolFailed))
    booked = desk.rows(f"SELECT count(*) FROM booking WHERE company = '{case.company}' AND key LIKE 'race%'")
    assert booked == [(1,)]


def test_attempts_of_one_call_that_overlap_all_get_its_one_booking(desk: Desk) -> None:
    args = desk.proposal(desk.case(Fault.CLEAN))
    writer = desk.tools["book_invoice"].writer(LivePermit())
    assert writer is not None

    async def overlap() -> list[Any]:
        return await asyncio.gather(*(writer.write(args, CallContext("r", "c", key="same")) for _ in range(8)))

    first, *others = asyncio.run(overlap())
    assert others == [first] * 7
    assert desk.rows("SELECT count(*) FROM booking WHERE key = 'same'") == [(1,)]


def test_a_write_that_is_interrupted_leaves_nothing(desk: Desk) -> None:
    args = desk.proposal(desk.case(Fault.CLEAN))
    # The last statement of the transaction fails, after the booking was inserted.
    desk.execute("CREATE TRIGGER t BEFORE UPDATE ON purchase_order BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    before = desk.rows("SELECT count(*) FROM booking")
    with pytest.raises(ToolFailed, match="disk full") as error:
        desk.call("book_invoice", **args)
    assert error.value.did_nothing
    assert desk.rows("SELECT count(*) FROM booking") == before


def test_reads_cannot_write(desk: Desk) -> None:
    case = desk.case(Fault.PRICE)
    before = desk.workspace.erp.read_bytes()
    for name in ("find_purchase_order", "match_invoice"):
        desk.call(name, file=case.file, company=case.company)
        assert desk.tools[name].writer(LivePermit()) is None
        assert desk.tools[name].spec.effect is Effect.READ
    assert desk.workspace.erp.read_bytes() == before
    assert [each.name for each in desk.workspace.erp.parent.glob("erp.sqlite-*")] == []


def test_the_preview_shows_before_and_after_and_changes_nothing(desk: Desk) -> None:
    args = desk.proposal(desk.case(Fault.CLEAN))
    before, after = desk.preview(**args)
    assert before["booked"] is None
    assert after["booked"] == {"invoice": "TOSL110", "amount": "2337.50", "iban": args["iban"]}
    assert float(after["owed"]) - float(before["owed"]) == 2337.5
    assert set(before["quantity_billed_of_line"].values()) == {"0.00"}
    desk.call("book_invoice", **args)
    billed = desk.rows(f"SELECT line, billed FROM order_line WHERE purchase_order = '{args['order']}'")
    assert dict(billed) == {k: int(float(v) * 1e6) for k, v in after["quantity_billed_of_line"].items()}


def test_only_what_is_certain_is_named_where_it_carries_authority(desk: Desk) -> None:
    for fault in (Fault.UNKNOWN_SUPPLIER, Fault.VAT_SPELLING, Fault.NO_ORDER):
        case = desk.case(fault)
        found = desk.call("find_purchase_order", file=case.file, company=case.company)
        assert found["order"] is None, fault
        assert (found["supplier"] is None) == (fault is not Fault.NO_ORDER)
        assert found["differences"]
    case = desk.case(Fault.PRICE)
    assert desk.call("match_invoice", file=case.file, company=case.company)["booking"] is None


def test_declarations_are_complete(desk: Desk) -> None:
    book = desk.tools["book_invoice"].spec
    assert {each.path for each in book.sinks} == set(book.parameters["properties"]) - {"order_version"}
    # What the caller chooses must not prove itself.
    for tool in desk.tools.values():
        assert not {"company", "file", "booking.company"} & set(tool.spec.authority)
        assert tool.spec.parameters["additionalProperties"] is False
        assert json.dumps(dict(tool.spec.parameters))
        if tool.spec.effect is Effect.WRITE:
            assert tool.spec.sentence
            assert tool.spec.undo
            assert tool.spec.shadow_result


@pytest.mark.parametrize(
    "file",
    [
        "../erp.sqlite",
        "/etc/passwd",
        "a/../../erp.sqlite",
        "..",
        "~/x.xml",
        "C:\\x.xml",
        "a\\..\\b",
        "x\0.xml",
        ".",
    ],
)
def test_nothing_outside_the_folder_is_read(desk: Desk, file: str) -> None:
    with pytest.raises(ToolFailed) as error:
        desk.call("read_einvoice", file=file)
    assert error.value.category == "refused"


def test_links_and_pipes_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.xml").write_bytes((desk.workspace.folder / "issue116.xml").read_bytes())
    (desk.workspace.folder / "link.xml").symlink_to(outside / "x.xml")
    (desk.workspace.folder / "folder").symlink_to(outside)
    os.mkfifo(desk.workspace.folder / "pipe.xml")
    for file in ("link.xml", "folder/x.xml", "pipe.xml"):
        with pytest.raises(ToolFailed) as error:
            desk.call("read_einvoice", file=file)
        assert error.value.category == "refused", file
    with pytest.raises(ToolFailed) as error:
        desk.call("read_einvoice", file="missing.xml")
    assert error.value.category == "not_found"


def test_a_hostile_invoice_fails_clearly_and_can_still_be_parked(desk: Desk) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><Invoice>&y;</Invoice>'
    (desk.workspace.folder / "bomb.xml").write_text(bomb)
    case = desk.workspace.cases[0]
    for name in ("read_einvoice", "find_purchase_order", "match_invoice"):
        args = {"file": "bomb.xml"} | ({} if name == "read_einvoice" else {"company": case.company})
        with pytest.raises(ToolFailed, match=r"bomb.xml: .*document type") as error:
            desk.call(name, **args)
        assert error.value.category == "bad_arguments"
    parked = desk.call("park_invoice", file="bomb.xml", company=case.company, reason="not readable")
    assert (parked["parked"], parked["invoice"]) == (True, "")


def test_parking_twice_is_parking_once(desk: Desk) -> None:
    case = desk.workspace.cases[0]
    one = desk.call("park_invoice", file=case.file, company=case.company, reason="first")
    again = desk.call("park_invoice", key="k9", file=case.file, company=case.company, reason="second")
    assert again == one
    assert desk.rows("SELECT count(*) FROM parked") == [(1,)]


def test_an_erp_that_is_not_there_or_no_database_is_unreachable(tmp_path: Path, desk: Desk) -> None:
    case = desk.workspace.cases[0]
    text = tmp_path / "text.sqlite"
    text.write_text("not a database, but long enough to be looked at")
    for erp in (tmp_path / "missing.sqlite", text):
        tools = {each.spec.name: each for each in invoice_tools(desk.workspace.folder, erp)}
        reader = tools["match_invoice"].reader()
        assert reader is not None
        with pytest.raises(ToolFailed, match="cannot be used") as error:
            asyncio.run(reader.read({"file": case.file, "company": case.company}, CallContext("r", "c", "k")))
        assert error.value.category == "unreachable"
    assert not (tmp_path / "missing.sqlite").exists()
