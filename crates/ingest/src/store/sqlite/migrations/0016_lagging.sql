-- What notices told of an order, and the latest time an answer told of it: an answer that shows less is asked for again.
-- The names of the notices' events, with commas between them.
ALTER TABLE job ADD COLUMN told TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN known_at INTEGER NOT NULL DEFAULT 0;

CREATE INDEX job_known ON job (integration, subject, known_at) WHERE kind = 0;
