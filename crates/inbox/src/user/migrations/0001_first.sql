-- One member of one workspace; what they wrote never shows at another's desk.
CREATE TABLE desk (
    id        INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL DEFAULT '',
    member    TEXT NOT NULL DEFAULT '',
    seated_at INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workspace, member)
) STRICT;

-- Who sits here now. The token is never in this file.
CREATE TABLE session (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    desk           INTEGER NOT NULL DEFAULT 0 REFERENCES desk (id),
    server         TEXT NOT NULL DEFAULT '',
    mode           TEXT NOT NULL DEFAULT '',
    workspace_name TEXT NOT NULL DEFAULT '',
    member_name    TEXT NOT NULL DEFAULT '',
    role           TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE draft (
    desk         INTEGER NOT NULL DEFAULT 0,
    conversation TEXT NOT NULL DEFAULT '',
    text         TEXT NOT NULL DEFAULT '',
    template_key TEXT NOT NULL DEFAULT '',
    order_key    TEXT NOT NULL DEFAULT '',
    saved_at     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (desk, conversation)
) STRICT, WITHOUT ROWID;

-- What agents did and the feed has not shown yet, in the order it was done. `departed` says that the service may have it.
CREATE TABLE outbox (
    place        INTEGER PRIMARY KEY AUTOINCREMENT,
    desk         INTEGER NOT NULL DEFAULT 0,
    command      TEXT NOT NULL DEFAULT '' UNIQUE,
    conversation TEXT NOT NULL DEFAULT '',
    action       TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'answered', 'refused')),
    departed     INTEGER NOT NULL DEFAULT 0,
    tries        INTEGER NOT NULL DEFAULT 0,
    made_at      INTEGER NOT NULL DEFAULT 0,
    answered_seq INTEGER NOT NULL DEFAULT 0,
    refusal      TEXT NOT NULL DEFAULT '',
    refused_by   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_by_desk ON outbox (desk, place);

CREATE TABLE read_mark (
    desk         INTEGER NOT NULL DEFAULT 0,
    conversation TEXT NOT NULL DEFAULT '',
    at           INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (desk, conversation)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- That something was shown in full, and never what.
CREATE TABLE reveal (
    id           INTEGER PRIMARY KEY,
    desk         INTEGER NOT NULL DEFAULT 0,
    at           INTEGER NOT NULL DEFAULT 0,
    conversation TEXT NOT NULL DEFAULT '',
    part         TEXT NOT NULL DEFAULT ''
) STRICT;
