-- Who did what to the sources and the team, how the sources fare, and how long sessions last.

-- What people did to integrations, members, secrets and deliveries; never with values.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    at INTEGER NOT NULL DEFAULT 0,
    -- The member; empty where the service itself acted.
    actor BLOB NOT NULL DEFAULT x'',
    actor_name TEXT NOT NULL DEFAULT '',
    action TEXT NOT NULL DEFAULT '',
    -- The id of what it was done to.
    subject TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE INDEX audit_listed ON audit (workspace, id);

-- What became of an integration's requests, by hours since 1970.
CREATE TABLE tally (
    integration INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    accepted INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0,
    ignored INTEGER NOT NULL DEFAULT 0,
    unmapped INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    bad_proof INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (integration, hour)
) STRICT, WITHOUT ROWID;

-- When an integration's events came lately.
CREATE TABLE arrival (
    integration INTEGER PRIMARY KEY,
    last_at INTEGER NOT NULL DEFAULT 0,
    -- Times at least a minute apart, 8 bytes each, oldest first.
    spaced BLOB NOT NULL DEFAULT x''
) STRICT;

-- The newest delivery that is counted there; what an older program has taken is counted at the first start, within bounds.
INSERT INTO meta (name, value)
SELECT 'tallied_to', CAST(max(0, coalesce(max(id), 0) - 100000) AS TEXT) FROM delivery;

-- The parts of the address's query that the reading needs.
ALTER TABLE delivery ADD COLUMN query TEXT NOT NULL DEFAULT '';

-- A deleted integration stays for its deliveries' sake, without secrets and under a slug nobody can choose.
ALTER TABLE integration ADD COLUMN deleted_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE member ADD COLUMN removed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN login TEXT NOT NULL DEFAULT '';
-- Argon2id, with its parameters and salt.
ALTER TABLE member ADD COLUMN password TEXT NOT NULL DEFAULT '';

CREATE UNIQUE INDEX member_login ON member (login) WHERE login <> '';

-- A session ends when it was not used for long; those from before begin anew.
ALTER TABLE session ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
UPDATE session SET seen_at = unixepoch() * 1000;

CREATE INDEX session_of_member ON session (member);

CREATE INDEX invite_of_member ON invite (invited_by);
