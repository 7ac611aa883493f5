"""The look that the tests of theme and widgets paint with."""

from __future__ import annotations

from tests.console.widgets.conftest import look

__all__ = ["look"]
