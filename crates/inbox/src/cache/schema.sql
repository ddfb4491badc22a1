-- The cache's tables. There are no migrations: a file of another version is dropped and filled again from the feed, so a
-- change here needs a new number in file.rs and nothing else.

CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    member BLOB NOT NULL DEFAULT x'',
    read_until INTEGER NOT NULL DEFAULT 0,
    clean INTEGER NOT NULL DEFAULT 0, -- 0 open or crashed, 1 closed in good order, 2 found not to make sense
    epoch TEXT NOT NULL DEFAULT '', -- '' before the first page
    head INTEGER NOT NULL DEFAULT 0,
    chain BLOB NOT NULL DEFAULT x'',
    tail INTEGER NOT NULL DEFAULT 1,
    tail_chain BLOB NOT NULL DEFAULT x'', -- of the entry before the tail
    filled INTEGER NOT NULL DEFAULT 0,
    swept_at INTEGER NOT NULL DEFAULT 0, -- the time at which every row below was judged
    passed_to INTEGER NOT NULL DEFAULT -1, -- the conversation looked at last for the sake of saved views; -1 when all were
    scrub INTEGER NOT NULL DEFAULT 0 -- 0 clean, 1 erased people's rows went and left traces, 2 only the log may hold any
) STRICT;

-- One person. A conversation that was taken in by another keeps all that is its own, so that it can stand by itself again;
-- it is listed nowhere meanwhile.
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    public BLOB NOT NULL,
    merged_into INTEGER NOT NULL DEFAULT 0, -- 0 while it stands by itself
    merged_seq INTEGER NOT NULL DEFAULT 0, -- the newest entry that told where it belongs; it decides
    has_merged INTEGER NOT NULL DEFAULT 0, -- it took others in at some time, so what is shown of it is more than its own
    hold_seq INTEGER NOT NULL DEFAULT 0, -- the newest claim or release of this very conversation
    holder BLOB NOT NULL DEFAULT x'', -- x'' after a release
    holder_name TEXT NOT NULL DEFAULT '',
    owner BLOB NOT NULL DEFAULT x'', -- what follows from the holds of all that are merged
    owner_name TEXT NOT NULL DEFAULT '',
    happened_at INTEGER NOT NULL DEFAULT 0, -- its own, as the next two; 0 while nothing is known but a read mark
    news_at INTEGER NOT NULL DEFAULT 0, -- when the service stored the newest entry not made by this member
    read_at INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL DEFAULT '', -- as lists show it
    listed TEXT NOT NULL DEFAULT '[]', -- its rows in listing: [view, rank, purchase]
    turns TEXT NOT NULL DEFAULT '[]', -- its rows in turn: times
    word_row INTEGER NOT NULL DEFAULT 0, -- its row in words; 0 for none
    word_hash INTEGER NOT NULL DEFAULT 0,
    press_seq INTEGER NOT NULL DEFAULT 0, -- its own, as the next three: the newest news that opens what was resolved
    heard_at INTEGER NOT NULL DEFAULT 0, -- when the service heard of the customer's newest answer
    handling TEXT NOT NULL DEFAULT '', -- the newest told of each thing that moves the work on it
    flags INTEGER NOT NULL DEFAULT 0, -- 1 something was said in it, 2 something was told of its labels
    stands TEXT NOT NULL DEFAULT '', -- how the work on it stands, '' while it is open; judged over all that are merged, as the next
    labels TEXT NOT NULL DEFAULT '[]', -- the labels it wears
    urgency TEXT NOT NULL DEFAULT '' -- what of it ends first and what it is ranked by, '' where nothing ends
) STRICT;
CREATE UNIQUE INDEX conversation_by_public ON conversation (public);
CREATE INDEX conversation_by_merged_into ON conversation (merged_into) WHERE merged_into <> 0;

-- What the entry of merged_seq said of a conversation, where that is a merge.
CREATE TABLE link (
    conversation INTEGER PRIMARY KEY,
    reason TEXT NOT NULL,
    by BLOB NOT NULL DEFAULT x'', -- x'' where no person did it
    by_name TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The newest that was said of two conversations being one person's; a row for each of the two.
CREATE TABLE pair (
    one INTEGER NOT NULL,
    other INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    standing INTEGER NOT NULL, -- 0 suggested, 1 kept apart, 2 merged
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

-- Conversations whose contact data turned out to be shared by several people.
CREATE TABLE shared (
    conversation INTEGER PRIMARY KEY,
    names INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One order: the fold of all its events, and what lists and rules read from it.
CREATE TABLE purchase (
    id INTEGER PRIMARY KEY,
    order_key TEXT NOT NULL,
    conversation INTEGER NOT NULL, -- where it is shown, merges followed
    own INTEGER NOT NULL, -- the conversation that the entry of placed_seq names
    placed_seq INTEGER NOT NULL, -- the newest entry that told of it; its conversation has the order
    facts TEXT NOT NULL,
    fold TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX purchase_by_key ON purchase (order_key);
CREATE INDEX purchase_by_conversation ON purchase (conversation);

-- What happened in a conversation. Rows stand in the order in which they came and only their places are kept by time: entries
-- name conversations at random, so kept by time themselves each would change a page of its own.
CREATE TABLE moment (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL, -- where it is shown, merges followed
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    own INTEGER NOT NULL, -- the conversation that the entry names
    kind INTEGER NOT NULL, -- what a timeline is narrowed to: 0 purchases, 1 messages, 2 notes, 3 handling
    what TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX moment_by_time ON moment (conversation, at, seq, kind);
-- What people did is little beside what platforms tell.
CREATE INDEX moment_by_kind ON moment (conversation, kind, at, seq) WHERE kind <> 0;

-- What orders are narrowed by; see traits.rs.
CREATE TABLE trait (
    purchase INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL, -- as in purchase
    stages INTEGER NOT NULL,
    platform INTEGER NOT NULL, -- terms, here and below; 0 for none
    source INTEGER NOT NULL,
    product INTEGER NOT NULL,
    products TEXT NOT NULL, -- ',1,2,' where there are several
    amount INTEGER, -- minor units; NULL where it is not known
    at INTEGER NOT NULL,
    ends INTEGER NOT NULL, -- 0 where nothing does
    utm_source INTEGER NOT NULL,
    utm_medium INTEGER NOT NULL,
    utm_campaign INTEGER NOT NULL
) STRICT;

-- The words there are to narrow by, and how many orders have each.
CREATE TABLE term (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL, -- as it is compared
    text TEXT NOT NULL, -- as it is shown
    count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX term_by_value ON term (kind, value);

-- Labels, each as it was first written, and how many conversations wear it.
CREATE TABLE label (
    id INTEGER PRIMARY KEY,
    folded TEXT NOT NULL,
    text TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX label_by_folded ON label (folded);

-- The newest that was told of a label and this very conversation.
CREATE TABLE labelled (
    conversation INTEGER NOT NULL,
    label INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    worn INTEGER NOT NULL,
    PRIMARY KEY (conversation, label)
) STRICT, WITHOUT ROWID;

-- Which conversations wear a label, merges followed.
CREATE TABLE worn (
    label INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (label, conversation)
) STRICT, WITHOUT ROWID;

-- Who has which conversation, merges followed.
CREATE TABLE owned (
    owner BLOB NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (owner, conversation)
) STRICT, WITHOUT ROWID;

-- Saved views: the team's and the member's own. A removed one stays, without a filter, so that nothing older brings it back.
CREATE TABLE saved (
    code INTEGER PRIMARY KEY, -- its number in listing and counter
    public BLOB NOT NULL,
    seq INTEGER NOT NULL, -- the newest entry that told of it; 0 for an own one
    team INTEGER NOT NULL,
    name TEXT NOT NULL,
    by_name TEXT NOT NULL DEFAULT '',
    filter TEXT NOT NULL, -- '' once it was removed
    filling INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX saved_by_public ON saved (public);

-- Who is in the team; the role is '' of one who left.
CREATE TABLE colleague (
    public BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The sources of sales as the feed names them: 'active', 'paused' or 'removed'. Its name is '' until an entry with it comes.
CREATE TABLE source (
    public BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    standing TEXT NOT NULL,
    seq INTEGER NOT NULL, -- the newest entry that told of it
    named_seq INTEGER NOT NULL -- the newest that named it
) STRICT, WITHOUT ROWID;

-- The team's templates, by key and language; the body is '' of one that was removed.
CREATE TABLE template (
    name TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    by BLOB NOT NULL DEFAULT x'',
    by_name TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The team's sequences, as the service told them last; no row while it told none.
CREATE TABLE sequences (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- When each source last told anything, by the service's clock.
CREATE TABLE source_heard (
    source BLOB PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The minutes since 1970 in which each source told anything, the newest ones only.
CREATE TABLE source_minute (
    source BLOB NOT NULL,
    minute INTEGER NOT NULL,
    PRIMARY KEY (source, minute)
) STRICT, WITHOUT ROWID;

-- Every list, in its order: a page is one range of this key.
CREATE TABLE listing (
    view INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    purchase INTEGER NOT NULL, -- the order shown; 0 for none
    PRIMARY KEY (view, rank, conversation)
) STRICT, WITHOUT ROWID;

-- How many rows each view has in listing; kept in the same transaction.
CREATE TABLE counter (
    view INTEGER PRIMARY KEY,
    count INTEGER NOT NULL DEFAULT 0
) STRICT;

-- When a conversation has to be judged again, with nothing but time having passed.
CREATE TABLE turn (
    at INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (at, conversation)
) STRICT, WITHOUT ROWID;

-- People whose data was erased: entries that name them are passed over.
CREATE TABLE erased (
    public BLOB PRIMARY KEY,
    forgotten INTEGER NOT NULL DEFAULT 0 -- what the member wrote of them is gone too
) STRICT, WITHOUT ROWID;

-- Conversations a big batch changed whose lists or words do not follow from that yet.
CREATE TABLE unsettled (
    conversation INTEGER PRIMARY KEY
) STRICT;

-- The search index. Its row number is the newest order's time in seconds × 2^31 + the conversation, so newest first is by row.
CREATE VIRTUAL TABLE words USING fts5 (
    text,
    content = '',
    contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2",
    prefix = '2 3'
);
