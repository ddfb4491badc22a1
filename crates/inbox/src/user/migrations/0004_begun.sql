-- Notes and answers that were begun and not written down, beside the drafts of messages; one of each a conversation.
CREATE TABLE begun (
    desk         INTEGER NOT NULL DEFAULT 0,
    conversation TEXT NOT NULL DEFAULT '',
    kind         TEXT NOT NULL DEFAULT '' CHECK (kind IN ('note', 'answer')),
    text         TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (desk, conversation, kind)
) STRICT, WITHOUT ROWID;

-- Until when an action stays here, so that it can be taken back: what the service was told of it cannot be unsaid.
ALTER TABLE outbox ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
