-- Whether the feed told of an integration; of those made before, it tells once.
ALTER TABLE integration ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
