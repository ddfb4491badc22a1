-- What an unsigned request told of money and the platform's API has yet to confirm.

CREATE TABLE held (
    -- The fetch it waits for; while something waits, the fetch does not end.
    job INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    -- The status it told, in the contract's word.
    status TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, delivery)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX held_delivery ON held (delivery);
