-- Whether a platform still has our webhook, as its API told when it was last asked.

-- 1 where it had it.
ALTER TABLE api ADD COLUMN registered INTEGER NOT NULL DEFAULT 0;
-- When it was asked; 0 where the webhook was never known to be registered.
ALTER TABLE api ADD COLUMN looked_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX api_looked_at ON api (looked_at) WHERE looked_at <> 0;
