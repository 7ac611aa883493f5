"""The names of all methods, known without loading what performs them, so that the first answer comes at once."""

from __future__ import annotations

PROTOCOL = 1
"""The version of the protocol: a client of another one is refused."""

METHODS = (
    "agents.list",
    "approval.approve",
    "approval.edit",
    "approval.reject",
    "approval.reply",
    "approval.show",
    "approval.withdraw",
    "approvals.list",
    "days.list",
    "doubt.resolve",
    "doubts.list",
    "engine.stop",
    "handoffs.list",
    "job.check",
    "kill.lift",
    "kill.order",
    "kill.state",
    "payload.read",
    "people.add",
    "people.list",
    "pilot.cancel",
    "pilot.report",
    "pilot.start",
    "pilot.state",
    "pilots.list",
    "policy.check",
    "run.pause",
    "run.resume",
    "run.say",
    "run.show",
    "run.stop",
    "run.take_over",
    "runs.list",
    "store.backup",
    "store.info",
    "store.rebuild",
    "store.verify",
    "versions.list",
    "wait.reply",
    "waits.list",
)
"""Every method beside `initialize`, in order; a test holds it against the table."""
