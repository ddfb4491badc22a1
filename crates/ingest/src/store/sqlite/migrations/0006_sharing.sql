-- What the team shares beside conversations, and what repeats a delivery.

-- Every version of every shared template; the last one of each is what the team uses.
CREATE TABLE template (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    key TEXT NOT NULL DEFAULT '',
    locale TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    -- 1 for the last version.
    latest INTEGER NOT NULL DEFAULT 1,
    at INTEGER NOT NULL DEFAULT 0,
    member BLOB NOT NULL DEFAULT x'',
    member_name TEXT NOT NULL DEFAULT '',
    -- JSON; empty where this version removed it.
    body TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (workspace, key, locale, version)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX template_latest ON template (workspace, key, locale) WHERE latest = 1;

CREATE TABLE team_view (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    public BLOB NOT NULL,
    at INTEGER NOT NULL DEFAULT 0,
    member BLOB NOT NULL DEFAULT x'',
    member_name TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    -- JSON.
    filter TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (workspace, public)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_repeats ON delivery (duplicate_of) WHERE duplicate_of <> 0;
