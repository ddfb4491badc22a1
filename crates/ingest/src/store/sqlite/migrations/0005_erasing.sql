-- People whose data was erased.

-- When a conversation's data was erased; 0 for never. The row stays, so that its orders' keys lead to it and what comes later of
-- them is not kept.
ALTER TABLE conversation ADD COLUMN erased_at INTEGER NOT NULL DEFAULT 0;
