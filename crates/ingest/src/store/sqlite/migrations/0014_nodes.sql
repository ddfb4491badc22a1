-- What another process on the same file has to know at once: each change of it counts this number on. New workspaces and
-- integrations are counted by whoever makes them: a trigger there would have every table looked through that refers to theirs.
INSERT INTO meta (name, value) VALUES ('settings', '0');

CREATE TRIGGER settings_integration_changed AFTER UPDATE ON integration BEGIN
    UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings';
END;
CREATE TRIGGER settings_member_changed AFTER UPDATE OF role, name, removed_at ON member BEGIN
    UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings';
END;
CREATE TRIGGER settings_session_ended AFTER UPDATE OF revoked_at ON session BEGIN
    UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings';
END;
CREATE TRIGGER settings_session_gone AFTER DELETE ON session BEGIN
    UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings';
END;
-- Somebody was erased.
CREATE TRIGGER settings_conversation_erased AFTER UPDATE OF erased_at ON conversation BEGIN
    UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings';
END;
-- A note of what is on its way out came or went, or there is a new epoch.
CREATE TRIGGER settings_note_made AFTER INSERT ON meta WHEN new.name GLOB 'erasing*' BEGIN
    UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings';
END;
CREATE TRIGGER settings_note_gone AFTER DELETE ON meta WHEN old.name GLOB 'erasing*' BEGIN
    UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings';
END;
CREATE TRIGGER settings_note_changed AFTER UPDATE ON meta
    WHEN new.name = 'epoch' OR new.name GLOB 'erasing*' BEGIN
    UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'settings';
END;

-- Counted on when keys leave the small tables: whoever knows those by heart has to read them anew.
INSERT INTO meta (name, value) VALUES ('keys_left', '0');

-- 1 while a registration of our webhook was begun and what came of it is not stored.
ALTER TABLE api ADD COLUMN registering INTEGER NOT NULL DEFAULT 0;
