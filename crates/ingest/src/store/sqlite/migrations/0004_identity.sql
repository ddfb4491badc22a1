-- Merges that can be undone, and pairs that may be one person.

-- A merge is a link and nothing else: kinds, claim and names stay each conversation's own, and keys lead where they always did.
-- What an older program has merged can be unlinked too, but what it wrote while merged stays with the conversation that stayed.

-- The number of the entry that told of the link, and of the newest one that told of the claim.
ALTER TABLE conversation ADD COLUMN merged_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN held_seq INTEGER NOT NULL DEFAULT 0;
-- Hashes of the names it was told by, 8 bytes each, in order of arrival; six at most, and six mean that it is shared.
ALTER TABLE conversation ADD COLUMN names BLOB NOT NULL DEFAULT x'';

CREATE INDEX conversation_taken_in ON conversation (merged_into) WHERE merged_into <> 0;

-- What is settled about two conversations; the lower row comes first.
CREATE TABLE pair (
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    -- 0 suggested to people as one person's, 1 kept apart by a person.
    apart INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (low, high)
) STRICT, WITHOUT ROWID;

CREATE INDEX pair_of_high ON pair (high, low);
