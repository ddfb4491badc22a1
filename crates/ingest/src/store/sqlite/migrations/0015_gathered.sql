-- New keys and nonces lie packed in order of arrival, those of a commit together: 16 bytes of the key and 8 of what it leads to
-- (big end first), again and again. What a nonce leads to is its end with a minus before it. One table takes what comes while the
-- other is emptied into `key` and `nonce`.
CREATE TABLE gathered_even (
    id INTEGER PRIMARY KEY,
    packed BLOB NOT NULL DEFAULT x''
) STRICT;

CREATE TABLE gathered_odd (
    id INTEGER PRIMARY KEY,
    packed BLOB NOT NULL DEFAULT x''
) STRICT;

INSERT INTO gathered_even (packed)
SELECT CAST(key || unhex(printf('%016x', value)) AS BLOB) FROM fresh_key_even ORDER BY id;
INSERT INTO gathered_odd (packed)
SELECT CAST(key || unhex(printf('%016x', value)) AS BLOB) FROM fresh_key_odd ORDER BY id;

DROP TABLE fresh_key_even;
DROP TABLE fresh_key_odd;

-- Never counted: whoever knows keys by heart reads them anew after any write of another process.
DELETE FROM meta WHERE name = 'keys_left';
