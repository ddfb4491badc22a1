-- 1 where it was paused because the platform suspended the shop, until that ends or somebody takes it up again.
ALTER TABLE duty ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
