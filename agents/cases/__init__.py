"""Case files: work that arrives as a table, as JSON, or as a folder of files."""

from agents.cases.reading import read_cases
from agents.cases.rows import BrokenRow, CaseRow, NativeCase

__all__ = ["BrokenRow", "CaseRow", "NativeCase", "read_cases"]
