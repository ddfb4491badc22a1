-- What a team follows orders up by: one document, changed on top of its version.
CREATE TABLE sequences (
    workspace INTEGER PRIMARY KEY REFERENCES workspace (id),
    version INTEGER NOT NULL DEFAULT 1,
    at INTEGER NOT NULL DEFAULT 0,
    member BLOB NOT NULL DEFAULT x'',
    member_name TEXT NOT NULL DEFAULT '',
    -- JSON.
    body TEXT NOT NULL DEFAULT '{}'
) STRICT;
