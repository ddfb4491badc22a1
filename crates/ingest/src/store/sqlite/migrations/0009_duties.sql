-- What platforms said of accounts that people have to know of.

CREATE TABLE duty (
    integration INTEGER PRIMARY KEY REFERENCES integration (id),
    -- 1 where it was paused because the app was taken away, until somebody takes it up again.
    access_ended INTEGER NOT NULL DEFAULT 0,
    -- When the platform asked for all its customers to be erased; 0 where it did not, or it is done.
    erase_asked_at INTEGER NOT NULL DEFAULT 0,
    -- 1 while they are being erased.
    erasing INTEGER NOT NULL DEFAULT 0
) STRICT;
