-- A template's place under the keys follows its uses up to the day before, so that no key changes its meaning in the hand.
ALTER TABLE template_use ADD COLUMN day TEXT NOT NULL DEFAULT ''; -- of the last use, in São Paulo
ALTER TABLE template_use ADD COLUMN earlier INTEGER NOT NULL DEFAULT 0; -- uses before that day
