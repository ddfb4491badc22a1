-- Times are Unix milliseconds. A public id is its 16 bytes, big end first, so that byte order is order of making.
-- Keys of 16 bytes are hashes that already hold the workspace: they are looked up, never read.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE workspace (
    id INTEGER PRIMARY KEY,
    public BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL DEFAULT 0,
    head_seq INTEGER NOT NULL DEFAULT 0,
    head_chain BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
    log_start INTEGER NOT NULL DEFAULT 1,
    -- The chain of the position before log_start.
    log_start_chain BLOB NOT NULL DEFAULT x'00000000000000000000000000000000'
) STRICT;

-- The feed. The key is workspace * 2^40 + seq, so a workspace's entries lie together and in order.
CREATE TABLE entry (
    position INTEGER PRIMARY KEY,
    at INTEGER NOT NULL DEFAULT 0,
    -- Empty where an entry belongs to no conversation.
    conversation BLOB NOT NULL DEFAULT x'',
    chain BLOB NOT NULL DEFAULT x'',
    kind TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    public BLOB NOT NULL UNIQUE,
    -- Which kinds of personal traces are known: 1 phone, 2 e-mail, 4 document.
    kinds INTEGER NOT NULL DEFAULT 0,
    -- The conversation that took this one in; 0 for none.
    merged_into INTEGER NOT NULL DEFAULT 0,
    -- The member who has it; 0 for nobody.
    claimed_by INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Deliveries and business events that were there before, and what leads to a conversation (order keys, phones, e-mail
-- addresses, documents): each key a hash that holds what it is for, each value the row of a delivery or a conversation.
CREATE TABLE key (
    key BLOB NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Keys on their way there, in order of arrival: one table takes what comes while the other is emptied.
CREATE TABLE fresh_key_even (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    value INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE fresh_key_odd (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    value INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    public BLOB NOT NULL,
    workspace INTEGER NOT NULL DEFAULT 0,
    integration INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER NOT NULL DEFAULT 0,
    -- 0 accepted, 1 duplicate, 2 ignored, 3 unmapped, 4 rejected.
    result INTEGER NOT NULL DEFAULT 0,
    first_seq INTEGER NOT NULL DEFAULT 0,
    entry_count INTEGER NOT NULL DEFAULT 0,
    -- The delivery that brought the same before; 0 for none.
    duplicate_of INTEGER NOT NULL DEFAULT 0,
    event TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT '',
    path TEXT NOT NULL DEFAULT '',
    proof TEXT NOT NULL DEFAULT '',
    headers TEXT NOT NULL DEFAULT '',
    body_bytes INTEGER NOT NULL DEFAULT 0,
    -- LZ4 block with its length in front; empty where duplicate_of holds the same body.
    body BLOB NOT NULL DEFAULT x''
) STRICT;

CREATE INDEX delivery_listed ON delivery (workspace, public, integration, result);
CREATE INDEX delivery_set_aside ON delivery (workspace, result, public, integration) WHERE result <> 0;

CREATE TABLE nonce (
    key BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE integration (
    id INTEGER PRIMARY KEY,
    public BLOB NOT NULL UNIQUE,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    slug TEXT NOT NULL DEFAULT '',
    provider TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    -- SHA-256 of the webhook key.
    key_hash BLOB NOT NULL UNIQUE,
    -- Webhook key, secrets and credentials, encrypted.
    sealed BLOB NOT NULL DEFAULT x'',
    settings TEXT NOT NULL DEFAULT '{}',
    active INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workspace, slug)
) STRICT;

CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    public BLOB NOT NULL UNIQUE,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    name TEXT NOT NULL DEFAULT '',
    -- 0 agent, 1 lead, 2 admin.
    role INTEGER NOT NULL DEFAULT 0,
    joined_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX member_listed ON member (workspace, id);

-- Codes and tokens are kept as SHA-256.
CREATE TABLE invite (
    code BLOB NOT NULL PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace (id),
    role INTEGER NOT NULL DEFAULT 0,
    invited_by BLOB NOT NULL DEFAULT x'',
    expires_at INTEGER NOT NULL DEFAULT 0,
    used_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token BLOB NOT NULL PRIMARY KEY,
    public BLOB NOT NULL UNIQUE,
    member INTEGER NOT NULL REFERENCES member (id),
    device TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What agents asked for, by the id the desktop made; a repeat is answered from here.
CREATE TABLE command (
    id BLOB NOT NULL PRIMARY KEY,
    -- Hash of workspace, member, conversation and action.
    fingerprint BLOB NOT NULL DEFAULT x'',
    outcome TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
