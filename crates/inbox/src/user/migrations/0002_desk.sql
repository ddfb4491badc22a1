-- Views that a member saved for themselves; the team's come with the feed.
CREATE TABLE own_view (
    desk   INTEGER NOT NULL DEFAULT 0,
    id     TEXT NOT NULL DEFAULT '',
    name   TEXT NOT NULL DEFAULT '',
    filter TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (desk, id)
) STRICT, WITHOUT ROWID;

-- How often the member handed a text of a template over: what they use most comes first among equals.
CREATE TABLE template_use (
    desk     INTEGER NOT NULL DEFAULT 0,
    template TEXT NOT NULL DEFAULT '',
    count    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (desk, template)
) STRICT, WITHOUT ROWID;

-- Where the order stood when the draft was begun; a sale that is over since then is not to be chased with it.
ALTER TABLE draft ADD COLUMN begun_stage TEXT NOT NULL DEFAULT '';
