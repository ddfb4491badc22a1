-- Who took a step of a sequence up, or did it last: one row for an order and a template.
CREATE TABLE step (
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    -- A hash over the order's key and the template's.
    key BLOB NOT NULL,
    member INTEGER NOT NULL DEFAULT 0,
    -- The session that took it up; empty once it is done.
    session BLOB NOT NULL DEFAULT x'',
    at INTEGER NOT NULL DEFAULT 0,
    -- Since when it was due then: a later one is another round of it.
    since INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace, key)
) STRICT, WITHOUT ROWID;
