-- Codes that let a member back in who has lost a password or a device.

-- The member an invite's code is for; 0 where it is for a person who is new.
ALTER TABLE invite ADD COLUMN member INTEGER NOT NULL DEFAULT 0;

CREATE INDEX invite_back ON invite (member) WHERE member <> 0;
