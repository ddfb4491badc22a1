-- What waits to be done outside, and what is due.

-- Reading back from a platform's API: one order after a notice, a span of time somebody asked for, what changed lately.
CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    public BLOB NOT NULL UNIQUE,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    integration INTEGER NOT NULL REFERENCES integration (id),
    -- 0 fetch, 1 sync, 2 reconcile; also the order in which an account's jobs are done.
    kind INTEGER NOT NULL DEFAULT 0,
    -- 0 waiting, 1 running, 2 done, 3 failed, 4 cancelled.
    state INTEGER NOT NULL DEFAULT 0,
    -- The platform's id of the order to fetch.
    subject TEXT NOT NULL DEFAULT '',
    -- How many notices asked for it: one that comes during the fetch makes it be fetched once more.
    notices INTEGER NOT NULL DEFAULT 0,
    -- The latest time a notice told of the order; what is fetched after it outranks it.
    told_at INTEGER NOT NULL DEFAULT 0,
    -- What is listed: words, with commas between them.
    kinds TEXT NOT NULL DEFAULT '',
    since INTEGER NOT NULL DEFAULT 0,
    until INTEGER NOT NULL DEFAULT 0,
    -- Which of the kinds is being listed, -1 before the first page, and from where on.
    listing INTEGER NOT NULL DEFAULT -1,
    cursor TEXT NOT NULL DEFAULT '',
    read INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0,
    unmapped INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    -- -1 where the platform does not tell.
    total INTEGER NOT NULL DEFAULT -1,
    -- The stable word of what stood in the way last.
    problem TEXT NOT NULL DEFAULT '',
    -- How often in a row.
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL DEFAULT 0,
    finished_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX job_fetched ON job (integration, subject) WHERE kind = 0 AND state < 2;
CREATE INDEX job_open ON job (integration, kind, due_at) WHERE state < 2;
CREATE INDEX job_over ON job (finished_at) WHERE state >= 2;
CREATE INDEX job_listed ON job (workspace, id);
CREATE INDEX job_of ON job (integration, id);

-- What is known of an account's API from one job to the next.
CREATE TABLE api (
    integration INTEGER PRIMARY KEY REFERENCES integration (id),
    -- Up to when all changes are listed; 0 before the first good run.
    listed_to INTEGER NOT NULL DEFAULT 0,
    -- The token of the last sign-in, encrypted.
    token BLOB NOT NULL DEFAULT x''
) STRICT;

-- Checkouts that were begun and may yet be abandoned.
CREATE TABLE checkout (
    -- Hash of the integration and the order key.
    key BLOB NOT NULL PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    -- The delivery that told of it last, and the time it told.
    delivery INTEGER NOT NULL DEFAULT 0,
    at INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,
    -- The event that tells of its abandonment, ready to be stored, and its business key.
    business BLOB NOT NULL DEFAULT x'',
    event TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE INDEX checkout_due ON checkout (due_at);
