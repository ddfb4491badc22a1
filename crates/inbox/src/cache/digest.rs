//! A fingerprint of all that the cache tells, by public names only: row numbers follow the order of arrival, this does not.

use std::fmt::Write;

use rusqlite::Connection;

use super::ApplyError;

/// Every logical row as one line of text, in an order of its own.
const ROWS: &[&str] = &[
    "SELECT 'meta ' || epoch || ' ' || head || ' ' || hex(chain) || ' ' || tail || ' ' || hex(tail_chain) || ' ' || filled
        || ' ' || swept_at
    FROM meta",
    "SELECT 'conversation ' || hex(c.public) || ' into ' || coalesce(hex(m.public), '') || ' ' || c.merged_seq || ' '
        || c.has_merged || ' ' || c.hold_seq || ' ' || hex(c.holder) || ' ' || c.holder_name || ' ' || hex(c.owner) || ' '
        || c.owner_name || ' ' || c.happened_at || ' ' || c.news_at || ' ' || c.read_at || ' ' || c.name || ' ' || c.turns
        || ' ' || c.word_hash || ' ' || (c.word_row <> 0) || ' ' || c.press_seq || ' ' || c.heard_at || ' '
        || c.handling || ' ' || c.flags || ' ' || c.stands
    FROM conversation c LEFT JOIN conversation m ON m.id = c.merged_into
    ORDER BY c.public",
    "SELECT 'link ' || hex(c.public) || ' ' || l.reason || ' ' || hex(l.by) || ' ' || l.by_name || ' ' || l.at
    FROM link l JOIN conversation c ON c.id = l.conversation
    ORDER BY c.public",
    "SELECT 'pair ' || hex(c.public) || ' ' || hex(o.public) || ' ' || p.seq || ' ' || p.standing || ' ' || p.reason
    FROM pair p JOIN conversation c ON c.id = p.one JOIN conversation o ON o.id = p.other
    ORDER BY c.public, o.public",
    "SELECT 'shared ' || hex(c.public) || ' ' || s.names
    FROM shared s JOIN conversation c ON c.id = s.conversation
    ORDER BY c.public",
    "SELECT 'purchase ' || p.order_key || ' ' || hex(c.public) || ' of ' || hex(o.public) || ' ' || p.placed_seq || ' '
        || p.facts || ' ' || p.fold
    FROM purchase p JOIN conversation c ON c.id = p.conversation JOIN conversation o ON o.id = p.own
    ORDER BY p.order_key",
    "SELECT 'moment ' || m.seq || ' ' || hex(c.public) || ' of ' || hex(o.public) || ' ' || m.at || ' ' || m.kind || ' ' || m.what
    FROM moment m JOIN conversation c ON c.id = m.conversation JOIN conversation o ON o.id = m.own
    ORDER BY m.seq",
    "SELECT 'trait ' || p.order_key || ' ' || hex(c.public) || ' ' || t.stages || ' ' || coalesce(f.value, '') || ' '
        || coalesce(s.value, '') || ' ' || coalesce(t.amount, '') || ' ' || t.at || ' ' || t.ends || ' '
        || coalesce(us.value, '') || ' ' || coalesce(um.value, '') || ' ' || coalesce(uc.value, '') || ' '
        || (SELECT coalesce(group_concat(d.value, '|'), '') FROM (SELECT value FROM term WHERE kind = 2
            AND (id = t.product OR instr(t.products, ',' || id || ',') > 0) ORDER BY value) d)
    FROM trait t JOIN purchase p ON p.id = t.purchase JOIN conversation c ON c.id = t.conversation
        LEFT JOIN term f ON f.id = t.platform LEFT JOIN term s ON s.id = t.source
        LEFT JOIN term us ON us.id = t.utm_source LEFT JOIN term um ON um.id = t.utm_medium
        LEFT JOIN term uc ON uc.id = t.utm_campaign
    ORDER BY p.order_key",
    "SELECT 'term ' || kind || ' ' || value || ' ' || count FROM term WHERE count <> 0 ORDER BY kind, value",
    "SELECT 'label ' || folded || ' ' || text || ' ' || count FROM label ORDER BY folded",
    "SELECT 'labelled ' || hex(c.public) || ' ' || l.folded || ' ' || d.seq || ' ' || d.worn
    FROM labelled d JOIN conversation c ON c.id = d.conversation JOIN label l ON l.id = d.label
    ORDER BY c.public, l.folded",
    "SELECT 'worn ' || l.folded || ' ' || hex(c.public)
    FROM worn w JOIN conversation c ON c.id = w.conversation JOIN label l ON l.id = w.label
    ORDER BY l.folded, c.public",
    "SELECT 'owned ' || hex(o.owner) || ' ' || hex(c.public)
    FROM owned o JOIN conversation c ON c.id = o.conversation
    ORDER BY o.owner, c.public",
    "SELECT 'saved ' || hex(public) || ' ' || seq || ' ' || team || ' ' || name || ' ' || by_name || ' ' || filter || ' '
        || filling
    FROM saved ORDER BY public",
    "SELECT 'colleague ' || hex(public) || ' ' || name || ' ' || role || ' ' || seq FROM colleague ORDER BY public",
    "SELECT 'source ' || hex(public) || ' ' || name || ' ' || standing || ' ' || seq FROM source ORDER BY public",
    "SELECT 'template ' || name || ' ' || seq || ' ' || body || ' ' || hex(by) || ' ' || by_name || ' ' || at
    FROM template ORDER BY name",
    "SELECT 'sequences ' || seq || ' ' || body FROM sequences",
    "SELECT 'listing ' || coalesce(hex(s.public), l.view) || ' ' || l.rank || ' ' || hex(c.public) || ' ' || coalesce(p.order_key, '')
    FROM listing l JOIN conversation c ON c.id = l.conversation LEFT JOIN purchase p ON p.id = l.purchase
        LEFT JOIN saved s ON s.code = l.view
    ORDER BY coalesce(hex(s.public), l.view), l.rank, c.public",
    "SELECT 'counter ' || coalesce(hex(s.public), c.view) || ' ' || c.count
    FROM counter c LEFT JOIN saved s ON s.code = c.view
    WHERE c.count <> 0
    ORDER BY coalesce(hex(s.public), c.view)",
    "SELECT 'turn ' || t.at || ' ' || hex(c.public)
    FROM turn t JOIN conversation c ON c.id = t.conversation
    ORDER BY t.at, c.public",
    "SELECT 'erased ' || hex(public) FROM erased ORDER BY public",
    "SELECT 'unsettled ' || hex(c.public) FROM unsettled u JOIN conversation c ON c.id = u.conversation ORDER BY c.public",
];

/// Returns all logical rows as lines of text.
pub(super) fn lines(db: &Connection) -> Result<Vec<String>, ApplyError> {
    let mut lines = Vec::new();
    for sql in ROWS {
        let mut statement = db.prepare(sql)?;
        let rows = statement.query_map((), |row| row.get(0))?;
        for line in rows {
            lines.push(line?);
        }
    }
    Ok(lines)
}

/// Fingerprints all logical rows (FNV-1a, twice 64 bits).
pub(super) fn of(db: &Connection) -> Result<String, ApplyError> {
    let mut text = String::new();
    for offset in [0xcbf2_9ce4_8422_2325_u64, 0x84_22_23_25_cb_f2_9c_e4] {
        let lines = lines(db)?;
        let hash = lines
            .iter()
            .flat_map(|line| line.bytes().chain([b'\n']))
            .fold(offset, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        let _ = write!(text, "{hash:016x}");
    }
    Ok(text)
}
