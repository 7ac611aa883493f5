"""Decides one call: pure, the same facts give the same decision, and every rule's verdict is kept.

Deny outweighs ask, ask outweighs allow, whatever the order of rules. Where no rule matches, a read that the
supervisor trusts is allowed and everything else is asked. An unknown tool and an error in any rule deny.
Built in: a call with an unproven argument is at least asked, and only an allowing rule that itself speaks of
`unproven` can say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from agents.policy.expressions import Bindings, EvaluationError, bind
from agents.policy.preparing import Preparer
from agents.policy.rules import Policy, Rule, RuleEffect
from agents.tools.tool import Effect, ToolSpec
from storage.events.calls import Verdict

Json = Any
UNKNOWN_TOOL = "unknown-tool"
NO_MATCH = "no-match"
NO_MATCH_READ = "no-match-read"
UNPROVEN = "unproven-arguments"
RULE_ERROR = "rule-error"
_NOTHING: Mapping[str, Json] = MappingProxyType({})
_WORDS = {RuleEffect.ALLOW: "Allowed", RuleEffect.ASK: "A person is asked", RuleEffect.DENY: "Denied"}


class RuleVerdict(NamedTuple):
    """One rule's answer; `reason` says why there is none."""

    rule: str
    verdict: Verdict
    reason: str | None = None


class Facts(NamedTuple):
    """All that a decision may depend on.

    Attributes:
        tool: name, as the model wrote it.
        spec: the tool's declaration, None where the job has no such tool.
        args: validated arguments.
        stage: of the agent.
        mode: of the run.
        tier: 1-4.
        hour: 0-23 in the business time zone.
        destination: where a call goes (a host, a mailbox), "" for none.
        case, job, run: what is known of them.
        unproven: paths of arguments that no authority proves (`provenance.unproven`).
        labels: of the data that the run works with (`job.labels.DataLabels`), such as "pii".
    """

    tool: str
    spec: ToolSpec | None
    args: Mapping[str, Json]
    stage: str
    mode: str
    tier: int
    hour: int
    destination: str = ""
    case: Mapping[str, Json] = _NOTHING
    job: Mapping[str, Json] = _NOTHING
    run: Mapping[str, Json] = _NOTHING
    unproven: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def effect(self) -> Effect:
        return self.spec.effect if self.spec else Effect.IRREVERSIBLE

    @property
    def reversible(self) -> bool:
        return bool(self.spec and self.spec.reversible)


class Decision(NamedTuple):
    """What may happen with a call, and why.

    Attributes:
        effect: allow, ask or deny.
        rule: id of the deciding rule, or a built-in one: `no-match-read`, `no-match`, `unknown-tool`,
            `unproven-arguments`, `rule-error:<id>`.
        because: the reason in plain words.
        approvers: who may approve, by the deciding rule; empty means whoever the job says is accountable.
        asked_by: every rule that asks, the deciding one first; an approver of one is not an approver of the
            others.
        verdicts: of every rule, in the order of the policy.
        sentence: effect and reason in one line.
    """

    effect: RuleEffect
    rule: str
    because: str
    approvers: tuple[str, ...]
    asked_by: tuple[str, ...]
    verdicts: tuple[RuleVerdict, ...]
    sentence: str


def decide(policy: Policy, facts: Facts) -> Decision:
    """Decide one call by a policy. Never raises: what cannot be decided is denied."""
    if facts.spec is None or facts.spec.name != facts.tool or not _checked_against(policy, facts):
        verdicts = tuple(RuleVerdict(rule.id, Verdict.NOT, "the tool is not known") for rule in policy.rules)
        return _decision(facts, RuleEffect.DENY, UNKNOWN_TOOL, f"The job has no tool called {facts.tool}.", verdicts)
    verdicts = _verdicts(policy, facts, facts.spec)
    matched = [rule for rule, said in zip(policy.rules, verdicts, strict=True) if said.verdict is Verdict.MATCHED]
    failed = next((said for said in verdicts if said.verdict is Verdict.ERROR), None)
    denying = _first(matched, RuleEffect.DENY)
    if denying is not None:
        return _decision(facts, RuleEffect.DENY, denying.id, denying.text.because, verdicts)
    if failed is not None:
        because = f"The rule {failed.rule} could not be evaluated: {failed.reason}"
        return _decision(facts, RuleEffect.DENY, f"{RULE_ERROR}:{failed.rule}", because, verdicts)
    return _weighed(facts, matched, verdicts)


def _weighed(facts: Facts, matched: Sequence[Rule], verdicts: tuple[RuleVerdict, ...]) -> Decision:
    """Decide where nothing denies."""
    asking = [rule for rule in matched if rule.effect is RuleEffect.ASK]
    unproven = facts.unproven  # of a read too: what a fetch sends leaves the house, as a write does
    allowing = [
        rule for rule in matched if rule.effect is RuleEffect.ALLOW and (rule.mentions_unproven or not unproven)
    ]
    asks = tuple(rule.id for rule in asking)
    if asking:
        first = asking[0]
        return _decision(facts, RuleEffect.ASK, first.id, first.text.because, verdicts, first.text.approvers, asks)
    if allowing:
        return _decision(facts, RuleEffect.ALLOW, allowing[0].id, allowing[0].text.because, verdicts)
    if unproven:
        because = f"No authority proves {', '.join(unproven)}."
        return _decision(facts, RuleEffect.ASK, UNPROVEN, because, verdicts, (), (UNPROVEN,))
    if facts.effect is Effect.READ and facts.spec is not None and facts.spec.trusted_read:
        return _decision(facts, RuleEffect.ALLOW, NO_MATCH_READ, "A trusted read that no rule speaks of.", verdicts)
    because = "No rule speaks of this call."
    return _decision(facts, RuleEffect.ASK, NO_MATCH, because, verdicts, (), (NO_MATCH,))


def _verdicts(policy: Policy, facts: Facts, spec: ToolSpec) -> tuple[RuleVerdict, ...]:
    bound = _bound(policy, facts, spec)
    if isinstance(bound, str):
        return tuple(RuleVerdict(rule.id, Verdict.ERROR, bound) for rule in policy.rules)
    return tuple(_verdict(rule, bound) for rule in policy.rules)


def _verdict(rule: Rule, bound: Bindings) -> RuleVerdict:
    match rule.when.holds(bound):
        case EvaluationError(reason):
            return RuleVerdict(rule.id, Verdict.ERROR, reason)
        case True:
            return RuleVerdict(rule.id, Verdict.MATCHED)
        case False:
            return RuleVerdict(rule.id, Verdict.NOT)


def _bound(policy: Policy, facts: Facts, spec: ToolSpec) -> Bindings | str:
    """Return the facts for the rules, arguments prepared by the tool's schema; or why they cannot be."""
    try:
        values = {name: _FACTS[name](facts) for name in policy.mentioned}
        prepared = {}
        if values.pop("args", None) is not None:
            prepare = policy.arguments.get(facts.tool) or Preparer(spec.parameters, spec.parameters)
            prepared["args"] = prepare(facts.args)
        return bind(values, policy.declarations.environment, prepared)
    except (RuntimeError, ValueError, TypeError, OverflowError, RecursionError) as error:
        return f"the facts of the call cannot be read ({error})"


_FACTS: dict[str, Callable[[Facts], Json]] = {
    "tool": lambda facts: facts.tool,
    "effect": lambda facts: facts.effect.value,
    "stage": lambda facts: facts.stage,
    "mode": lambda facts: facts.mode,
    "destination": lambda facts: facts.destination,
    "tier": lambda facts: facts.tier,
    "hour": lambda facts: facts.hour,
    "args": lambda facts: facts.args,
    "case": lambda facts: facts.case,
    "job": lambda facts: facts.job,
    "run": lambda facts: facts.run,
    "unproven": lambda facts: facts.unproven,
    "labels": lambda facts: facts.labels,
    "reversible": lambda facts: facts.reversible,
}
"""What each variable of a rule (`rules.policy_declarations`) is."""


def _checked_against(policy: Policy, facts: Facts) -> bool:
    """Return whether the policy was checked against this tool: rules say nothing sure about another."""
    return policy.tools is None or facts.tool in policy.tools


def _first(rules: Sequence[Rule], effect: RuleEffect) -> Rule | None:
    return next((rule for rule in rules if rule.effect is effect), None)


def _decision(
    facts: Facts,
    effect: RuleEffect,
    rule: str,
    because: str,
    verdicts: tuple[RuleVerdict, ...],
    approvers: tuple[str, ...] = (),
    asked_by: tuple[str, ...] = (),
) -> Decision:
    sentence = f"{_WORDS[effect]}: {facts.tool}, by {rule}. {because}"
    return Decision(effect, rule, because, approvers, asked_by, verdicts, sentence)
