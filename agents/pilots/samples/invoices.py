"""The sample workspace of invoice matching: e-invoices, an ERP, the cases, and the truth beside them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from agents.pilots.samples.erp import create_erp
from agents.pilots.samples.faults import Fault, Must, Planted, not_possible, plant
from agents.tools.invoices.decide import decide
from agents.tools.invoices.document import Invoice
from agents.tools.invoices.erp import read_records, reading
from agents.tools.invoices.match import Match
from agents.tools.invoices.ubl import read_invoice
from storage.errors import BadInput


@dataclass(frozen=True, slots=True)
class SampleCase:
    """One invoice that came in for one company, and what is true about it.

    Attributes:
        id: such as `guide-example1.price.7.0` (file, fault, seed, variation).
        file: relative to the invoice folder.
        company: whose records were planted.
    """

    id: str
    file: str
    company: str
    fault: Fault
    must: Must
    why: str
    seed: int

    def case(self) -> dict[str, str]:
        """What the agent is given: nothing of the truth."""
        return {"id": f"invoice-{self.company}", "file": self.file, "company": self.company}

    def truth(self) -> dict[str, str | int]:
        """What is kept beside it, for the report."""
        case = self.case()["id"]
        return {
            "case": case,
            "plant": self.id,
            "file": self.file,
            "fault": str(self.fault),
            "must": str(self.must),
            "why": self.why,
            "seed": self.seed,
        }


@dataclass(frozen=True, slots=True)
class InvoiceWorkspace:
    """Where everything of the sample lies."""

    folder: Path
    erp: Path
    cases_file: Path
    truth_file: Path
    cases: tuple[SampleCase, ...]


def sample_invoices() -> Path:
    """The folder of e-invoices that ships with Centaur."""
    return Path(__file__).parents[3] / "resources" / "samples" / "invoices"


def load_invoices(folder: Path) -> dict[str, Invoice]:
    """Every e-invoice of a folder by file name; BadInput names the file that cannot be read."""
    found: dict[str, Invoice] = {}
    for path in sorted(folder.glob("*.xml")):
        try:
            found[path.name] = read_invoice(path.read_bytes())
        except BadInput as error:
            raise BadInput(f"{path.name}: {error.message}", hint=error.hint) from error
    if not found:
        raise BadInput(f"There are no e-invoices (*.xml) in {folder.name}.")
    return found


def all_cases(
    invoices: dict[str, Invoice], seed: int, *, variations: int = 1, faults: Iterable[Fault] = Fault
) -> Iterator[tuple[SampleCase, Planted]]:
    """Every file with every fault it can have, `variations` times, each in a company of its own."""
    wanted = tuple(faults)
    number = 0
    for variation in range(variations):
        for file, invoice in invoices.items():
            for fault in wanted:
                if not_possible(invoice, fault) is None:
                    number += 1
                    yield _case(invoice, file, fault, seed, f"C{number:04d}", variation)


def one_fault_each(invoices: dict[str, Invoice], seed: int) -> Iterator[tuple[SampleCase, Planted]]:
    """Each file once, the faults dealt out by the seed so that as many different ones as possible occur."""
    rng = Random(f"deal|{seed}")
    left: list[Fault] = []
    for number, (file, invoice) in enumerate(invoices.items(), 1):
        if not any(not_possible(invoice, each) is None for each in left):
            left += rng.sample(list(Fault), len(Fault))
        fault = next(each for each in left if not_possible(invoice, each) is None)
        left.remove(fault)
        yield _case(invoice, file, fault, seed, f"C{number:04d}", 0)


def _case(
    invoice: Invoice, file: str, fault: Fault, seed: int, company: str, variation: int
) -> tuple[SampleCase, Planted]:
    planted = plant(invoice, file, fault, seed, company=company, variation=variation)
    name = f"{file.removesuffix('.xml')}.{fault}.{seed}.{variation}"
    return SampleCase(name, file, company, fault, planted.must, planted.why, seed), planted


def build_workspace(
    target: Path, seed: int, *, source: Path | None = None, variations: int = 1, each_once: bool = False
) -> InvoiceWorkspace:
    """Create the sample in a new or empty folder: `invoices/`, `erp.sqlite`, `cases.jsonl`, `truth.jsonl`.

    Args:
        source: a folder of e-invoices, by default those that ship with Centaur.
        variations: how often every file gets every fault.
        each_once: every file with one fault only, a short demonstration.

    Raises:
        BadInput: a file cannot be read, or the workspace exists.
    """
    source = source or sample_invoices()
    invoices = load_invoices(source)
    pairs = list(one_fault_each(invoices, seed) if each_once else all_cases(invoices, seed, variations=variations))
    # The order in which cases come in says nothing about them.
    Random(f"order|{seed}").shuffle(pairs)
    target.mkdir(parents=True, exist_ok=True)
    erp = target / "erp.sqlite"
    create_erp(erp, (planted.records for _, planted in pairs))
    folder = target / "invoices"
    folder.mkdir(exist_ok=True)
    for path in (*(source / name for name in invoices), *source.glob("LICENSE*"), *source.glob("NOTICE*")):
        shutil.copyfile(path, folder / path.name)
    cases = tuple(case for case, _ in pairs)
    return InvoiceWorkspace(
        folder=folder,
        erp=erp,
        cases_file=_lines(target / "cases.jsonl", (each.case() for each in cases)),
        truth_file=_lines(target / "truth.jsonl", (each.truth() for each in cases)),
        cases=cases,
    )


def _lines(path: Path, rows: Iterable[object]) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def decide_post(invoice: Invoice, erp: Path, company: str) -> Match:
    """Decide about one invoice against the ERP without an agent: what pilots are held against."""
    with reading(erp) as connection:
        return decide(invoice, read_records(connection, company))
