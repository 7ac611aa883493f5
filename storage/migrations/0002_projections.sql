-- Everything below is derived from events; `centaur rebuild` drops and refills it.
CREATE TABLE command (command_id TEXT PRIMARY KEY, method TEXT NOT NULL, result TEXT NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE person (person TEXT PRIMARY KEY, name TEXT, name_ref TEXT, public_key TEXT, roles TEXT NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE agent (agent TEXT PRIMARY KEY, version TEXT NOT NULL, stage TEXT NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE version (
    agent TEXT NOT NULL, version TEXT NOT NULL, author TEXT NOT NULL, published_at INTEGER NOT NULL,
    job TEXT NOT NULL, plan TEXT, policy TEXT NOT NULL, tools TEXT NOT NULL, model TEXT NOT NULL,
    stage TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (agent, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE pilot (
    pilot TEXT PRIMARY KEY, agent TEXT NOT NULL, version TEXT NOT NULL, mode TEXT NOT NULL, seed INTEGER NOT NULL,
    source TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, cases INTEGER, refused INTEGER,
    cancelled INTEGER NOT NULL DEFAULT 0, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE refused_row (pilot TEXT NOT NULL, row INTEGER NOT NULL, reason TEXT NOT NULL, seq INTEGER PRIMARY KEY) STRICT;

CREATE TABLE case_ (
    case_id TEXT PRIMARY KEY, agent TEXT NOT NULL, content TEXT NOT NULL, external_ref TEXT, external_id TEXT,
    pilot TEXT, received_at INTEGER NOT NULL, outcome TEXT, minutes INTEGER, outcome_at INTEGER, run TEXT, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX case_external ON case_ (agent, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX case_seq ON case_ (seq);

CREATE TABLE run (
    run TEXT PRIMARY KEY, agent TEXT NOT NULL, version TEXT NOT NULL, case_id TEXT NOT NULL, mode TEXT NOT NULL,
    stage TEXT NOT NULL, tier INTEGER NOT NULL, model TEXT NOT NULL, seed INTEGER NOT NULL, pilot TEXT, origin TEXT,
    state TEXT NOT NULL, cause TEXT, started_at INTEGER NOT NULL, ended_at INTEGER,
    turns INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0, writes INTEGER NOT NULL DEFAULT 0,
    asks INTEGER NOT NULL DEFAULT 0, denials INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    tokens_in INTEGER NOT NULL DEFAULT 0, tokens_out INTEGER NOT NULL DEFAULT 0,
    cost INTEGER NOT NULL DEFAULT 0, cost_partial INTEGER NOT NULL DEFAULT 0,
    outcome TEXT, handoff TEXT, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX run_seq ON run (seq);
CREATE INDEX run_open ON run (state, seq) WHERE ended_at IS NULL;
CREATE INDEX run_pilot ON run (pilot, seq) WHERE pilot IS NOT NULL;
CREATE INDEX run_case ON run (case_id);

CREATE TABLE wait (
    wait TEXT PRIMARY KEY, run TEXT NOT NULL, call TEXT NOT NULL, waits_for TEXT NOT NULL, until INTEGER,
    to_ TEXT, question TEXT, watch TEXT, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
    approval TEXT PRIMARY KEY, run TEXT NOT NULL, call TEXT NOT NULL, tool TEXT NOT NULL, effect TEXT NOT NULL,
    rule TEXT NOT NULL, binding TEXT NOT NULL, approvers TEXT NOT NULL, reversible INTEGER NOT NULL, tier INTEGER NOT NULL,
    card TEXT NOT NULL, requested_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    state TEXT NOT NULL, choice TEXT, person TEXT, decided_at INTEGER, effective_at INTEGER, args TEXT, note TEXT,
    signed INTEGER, refusals INTEGER NOT NULL DEFAULT 0, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX approval_state ON approval (state, seq);
CREATE INDEX approval_run ON approval (run);

-- Writes that were started and of which nobody knows whether they happened.
CREATE TABLE doubt (
    run TEXT NOT NULL, call TEXT NOT NULL, tool TEXT NOT NULL, cause TEXT NOT NULL, raised_at INTEGER NOT NULL,
    verdict TEXT, person TEXT, resolved_at INTEGER, seq INTEGER NOT NULL,
    PRIMARY KEY (run, call)
) STRICT, WITHOUT ROWID;

CREATE TABLE kill (
    kill TEXT PRIMARY KEY, scope TEXT NOT NULL, target TEXT, person TEXT NOT NULL, ordered_at INTEGER NOT NULL,
    lifted_at INTEGER, acknowledged INTEGER NOT NULL DEFAULT 0, seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a local day (business time zone), agent and mode. Imported runs never enter it.
CREATE TABLE day (
    day TEXT NOT NULL, agent TEXT NOT NULL, mode TEXT NOT NULL,
    started INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0, handed_off INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, stopped INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0, writes INTEGER NOT NULL DEFAULT 0, tool_failures INTEGER NOT NULL DEFAULT 0,
    asked INTEGER NOT NULL DEFAULT 0, denied INTEGER NOT NULL DEFAULT 0,
    approved INTEGER NOT NULL DEFAULT 0, edited INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0,
    responded INTEGER NOT NULL DEFAULT 0, decision_us INTEGER NOT NULL DEFAULT 0,
    tokens_in INTEGER NOT NULL DEFAULT 0, tokens_out INTEGER NOT NULL DEFAULT 0,
    cost INTEGER NOT NULL DEFAULT 0, cost_partial INTEGER NOT NULL DEFAULT 0, cycle_us INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, agent, mode)
) STRICT, WITHOUT ROWID;

CREATE TABLE erased (address TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE backup (seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, path TEXT NOT NULL, made_at INTEGER NOT NULL) STRICT;
