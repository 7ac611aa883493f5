"""The five tools of invoice matching: read, find, match, book, park.

What decides travels by name, not by content: matching and booking take the file and the order's id and read
both themselves, so that whatever the model believes about an amount cannot end up in the books.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.tools.invoices import specs
from agents.tools.invoices.arithmetic import checks
from agents.tools.invoices.booking import BookingOrder, book, booking_of_key, check_booking, park
from agents.tools.invoices.decide import decide
from agents.tools.invoices.document import as_json, invoice_json, plain
from agents.tools.invoices.erp import read_records, reading, total_booked, writing
from agents.tools.invoices.folder import InvoiceFolder
from agents.tools.invoices.handoff import handoff_json
from agents.tools.invoices.locate import find_orders, find_supplier
from agents.tools.invoices.match import match_json
from agents.tools.tool import (
    CallContext,
    Json,
    LivePermit,
    Previewer,
    Reader,
    ToolFailed,
    ToolSource,
    ToolSpec,
    Writer,
)
from storage.errors import BadInput

Clock = Callable[[], int]


def utc_micros() -> int:
    """Now, in UTC microseconds."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True)
class InvoiceDesk:
    """Where the invoices lie and where the books are; what the tools work on.

    Attributes:
        folder: where invoices come in.
        erp: the SQLite file of the ERP.
        clock: UTC microseconds, for the time of a booking.
    """

    folder: InvoiceFolder
    erp: Path
    clock: Clock = utc_micros

    def read(self, args: Mapping[str, Json]) -> Json:
        """The parsed invoice and whether it adds up."""
        invoice = self.folder.invoice(args["file"])
        found = checks(invoice)
        return {
            "file": args["file"],
            "invoice": invoice_json(invoice),
            "findings": as_json(found),
            "adds_up": not any(each.blocking for each in found),
        }

    def find(self, args: Mapping[str, Json]) -> Json:
        """The supplier and the order, each only where certain; what else might be meant as candidates."""
        invoice = self.folder.invoice(args["file"])
        with reading(self.erp) as connection:
            records = read_records(connection, args["company"])
        match = decide(invoice, records)
        found = find_supplier(invoice, records.suppliers)
        supplier = found.supplier if not found.differences else None
        candidates = find_orders(invoice, found.supplier, records).candidates
        sure = supplier is not None and not any(each.where == "order" for each in match.differences)
        order = next((each for each in candidates if sure and each.id == match.order), None)
        unsure = [each for each in match.differences if each.where in {"order", "supplier"}]
        return {
            "found": order is not None,
            "company": records.company,
            "supplier": as_json(supplier),
            "order": as_json(order),
            "candidates": [{"id": each.id, "number": each.number} for each in candidates],
            "differences": as_json(unsure),
        }

    def match(self, args: Mapping[str, Json]) -> Json:
        """The comparison, and the handoff where it does not agree."""
        invoice = self.folder.invoice(args["file"])
        with reading(self.erp) as connection:
            records = read_records(connection, args["company"])
        match = decide(invoice, records, order_id=args.get("order"))
        return {"file": args["file"], **match_json(match), "handoff": handoff_json(match)}

    def book(self, args: Mapping[str, Json], key: str) -> Json:
        """Book once; the same key again answers with the first booking, even if the file is gone by now."""
        what = BookingOrder.of(args)
        with reading(self.erp) as connection:
            earlier = booking_of_key(connection, key)
        if earlier is not None:
            return earlier
        invoice = self.folder.invoice(args["file"])
        with writing(self.erp) as connection:
            return book(connection, invoice, what, key=key, now=self.clock())

    def preview_booking(self, args: Mapping[str, Json]) -> tuple[Json, Json]:
        """What is owed to the supplier and how much of the order is billed, before and after."""
        what = BookingOrder.of(args)
        invoice = self.folder.invoice(args["file"])
        with reading(self.erp) as connection:
            match = check_booking(connection, invoice, what)
            owed = total_booked(connection, what.company, what.supplier, what.currency)
            order = read_records(connection, what.company).order(what.order)
        billed = {each.line: each.billed for each in order.lines} if order else {}
        before = {
            "owed": plain(owed),
            "currency": what.currency,
            "booked": None,
            "quantity_billed_of_line": as_json(billed),
        }
        for line in match.lines:
            billed[line.order_line] += line.quantity
        after = {
            "owed": plain(owed + what.amount),
            "currency": what.currency,
            "booked": {"invoice": what.invoice, "amount": plain(what.amount), "iban": what.iban},
            "quantity_billed_of_line": as_json(billed),
        }
        return before, after

    def park(self, args: Mapping[str, Json], key: str) -> Json:
        """Put the invoice aside; one that cannot even be read can still be parked, under its file name."""
        try:
            number = self.folder.invoice(args["file"]).number
        except ToolFailed as error:
            if error.category != "bad_arguments":
                raise
            number = ""
        with writing(self.erp) as connection:
            return park(connection, args["company"], args["file"], number, args["reason"], key=key, now=self.clock())


def _plainly(work: Callable[[], Any]) -> Any:
    """Run blocking work in a thread's place, with a bad value reported as a failed tool that did nothing."""
    try:
        return work()
    except BadInput as error:
        raise ToolFailed(error.message, category="bad_arguments", hint=error.hint) from error


@dataclass(frozen=True, slots=True)
class _DeskReader:
    work: Callable[[Mapping[str, Json]], Json]

    async def read(self, args: Mapping[str, Json], context: CallContext) -> Json:
        return await asyncio.to_thread(_plainly, lambda: self.work(args))


class _DeskWriter(Writer):
    def __init__(self, permit: LivePermit, work: Callable[[Mapping[str, Json], str], Json]) -> None:
        super().__init__(permit)
        self._work = work

    async def write(self, args: Mapping[str, Json], context: CallContext) -> Json:
        return await asyncio.to_thread(_plainly, lambda: self._work(args, context.key))


@dataclass(frozen=True, slots=True)
class _BookingPreviewer:
    desk: InvoiceDesk

    async def preview(self, args: Mapping[str, Json]) -> tuple[Json, Json]:
        before, after = await asyncio.to_thread(_plainly, lambda: self.desk.preview_booking(args))
        return before, after


@dataclass(frozen=True, slots=True)
class _ReadTool:
    spec: ToolSpec
    work: Callable[[Mapping[str, Json]], Json]

    def reader(self) -> Reader | None:
        return _DeskReader(self.work)

    def writer(self, permit: LivePermit) -> Writer | None:
        return None

    def previewer(self) -> Previewer | None:
        return None


@dataclass(frozen=True, slots=True)
class _WriteTool:
    spec: ToolSpec
    work: Callable[[Mapping[str, Json], str], Json]
    shown: Previewer | None = None

    def reader(self) -> Reader | None:
        return None

    def writer(self, permit: LivePermit) -> Writer | None:
        return _DeskWriter(permit, self.work)

    def previewer(self) -> Previewer | None:
        return self.shown


def invoice_tools(folder: Path, erp: Path, *, clock: Clock = utc_micros) -> tuple[ToolSource, ...]:
    """All tools of invoice matching over one folder of invoices and one ERP file."""
    desk = InvoiceDesk(InvoiceFolder(folder), erp, clock)
    return (
        _ReadTool(specs.READ_EINVOICE, desk.read),
        _ReadTool(specs.FIND_PURCHASE_ORDER, desk.find),
        _ReadTool(specs.MATCH_INVOICE, desk.match),
        _WriteTool(specs.BOOK_INVOICE, desk.book, _BookingPreviewer(desk)),
        _WriteTool(specs.PARK_INVOICE, desk.park),
    )
