use std::collections::BTreeMap;
use std::path::PathBuf;

use contract::{
    Action, Actor, Command, CommandAnswer, CommandId, ConversationId, Filter, Me, MemberId,
    Outcome, RefusalCode, Role, Stage, StageGroup, ViewId, WorkspaceId,
};

use super::{KeptState, OwnView, UserDb};
use crate::asking::{Density, DraftAsked, DraftKind, Mode, Reach, Session, Settings};
use crate::cache::ReadMark;
use crate::error::{OpenError, Refusal};

fn session(member: u128) -> Session {
    Session {
        server: "https://balcao.example.com/".parse().expect("an address"),
        mode: Mode::Team,
        me: Me {
            workspace_id: WorkspaceId::from_u128(1),
            workspace_name: "Loja".to_owned(),
            member_id: MemberId::from_u128(member),
            member_name: "Ana".to_owned(),
            role: Role::Lead,
        },
    }
}

fn note(id: u128, text: &str) -> Command {
    Command {
        id: CommandId::from_u128(id),
        conversation_id: ConversationId::from_u128(9),
        action: Action::Note {
            text: text.to_owned(),
            mentions: Vec::new(),
        },
    }
}

fn open(path: &std::path::Path) -> UserDb {
    let opened = UserDb::open(path, 7).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(opened.set_aside, None);
    opened.db
}

fn seated() -> (tempfile::TempDir, PathBuf, UserDb) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("user.db");
    let mut db = open(&path);
    db.sit_down(&session(1), 2).expect("sits down");
    (folder, path, db)
}

fn states(db: &UserDb) -> Vec<KeptState> {
    let kept = db.kept().expect("reads");
    kept.into_iter().map(|kept| kept.state).collect()
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let (_folder, path, mut db) = seated();
    let draft = DraftAsked {
        conversation_id: ConversationId::from_u128(9),
        kind: DraftKind::Message,
        text: "Oi".to_owned(),
        template_key: Some("pix".to_owned()),
        order_key: None,
    };
    let settings = Settings {
        density: Density::Compact,
        ..Settings::default()
    };
    db.save_draft(&draft, Some(Stage::PixGenerated), 5)
        .expect("saves");
    db.put_settings(&settings).expect("saves");
    let mark = |at| ReadMark {
        conversation_id: ConversationId::from_u128(9),
        at,
    };
    db.mark_read(mark(20)).expect("marks");
    db.mark_read(mark(10)).expect("marks");
    db.keep(&[note(1, "a")], 3).expect("keeps");
    drop(db);
    let db = open(&path);
    assert_eq!(db.session().expect("reads"), Some(session(1)));
    assert_eq!(db.settings().expect("reads"), settings);
    assert_eq!(db.read_marks().expect("reads"), [mark(20)]);
    assert_eq!(db.seated_at().expect("reads"), 2);
    assert_eq!(db.kept().expect("reads").len(), 1);
    let kept = db
        .draft(draft.conversation_id)
        .expect("reads")
        .expect("kept");
    assert_eq!((kept.draft.text.as_str(), kept.draft.saved_at), ("Oi", 5));
    assert_eq!(kept.begun, Some(Stage::PixGenerated));
    assert!(
        db.drafted()
            .expect("reads")
            .contains(&draft.conversation_id)
    );
    let empty = DraftAsked {
        text: String::new(),
        ..draft
    };
    db.save_draft(&empty, None, 6).expect("forgets");
    assert_eq!(db.draft(empty.conversation_id).expect("reads"), None);
    assert!(db.drafted().expect("reads").is_empty());
}

#[test]
fn a_draft_remembers_where_its_order_stood_when_it_was_begun() {
    let (_folder, _, db) = seated();
    let id = ConversationId::from_u128(9);
    let save = |text: &str, template: &str, stage| {
        let draft = DraftAsked {
            conversation_id: id,
            kind: DraftKind::Message,
            text: text.to_owned(),
            template_key: Some(template.to_owned()),
            order_key: Some("kiwify:1".to_owned()),
        };
        db.save_draft(&draft, Some(stage), 5).expect("saves");
        db.draft(id).expect("reads").and_then(|kept| kept.begun)
    };
    let (pix, paid) = (Stage::PixGenerated, Stage::PurchaseApproved);
    assert_eq!(save("Oi", "pix", pix), Some(pix));
    assert_eq!(save("Oi,", "pix", paid), Some(pix), "still the same text");
    assert_eq!(save("Oba", "thanks", paid), Some(paid), "another text");
}

#[test]
fn own_views_and_uses_are_kept_for_each_member() {
    let (_folder, path, mut db) = seated();
    let view = |id: u128, name: &str| OwnView {
        id: ViewId::from_u128(id),
        name: name.to_owned(),
        filter: Filter {
            platforms: vec!["kiwify".to_owned()],
            ..Filter::default()
        },
    };
    for kept in [view(1, "Um"), view(2, "Dois"), view(1, "Um só")] {
        db.put_view(&kept).expect("keeps");
    }
    for template in ["pix", "pix", "cart"] {
        db.count_use(template, DAY).expect("counts");
    }
    drop(db);
    db = open(&path);
    assert_eq!(
        db.own_views().expect("reads"),
        [view(1, "Um só"), view(2, "Dois")]
    );
    let uses = db.template_uses(2 * DAY).expect("reads");
    assert_eq!(uses, [("cart".to_owned(), 1), ("pix".to_owned(), 2)].into());
    assert!(db.drop_view(ViewId::from_u128(1)).expect("forgets"));
    assert!(!db.drop_view(ViewId::from_u128(1)).expect("asks"));
    db.sit_down(&session(2), 3).expect("another sits down");
    assert!(db.own_views().expect("reads").is_empty());
    assert!(db.template_uses(2 * DAY).expect("reads").is_empty());
}

/// A day in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;

#[test]
fn uses_count_from_the_day_after() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut db = open(&folder.path().join("user.db"));
    db.sit_down(&session(1), 1).expect("sits down");
    // (used at, asked at, counted), one after the other
    let cases = [
        (DAY, DAY, 0),
        (DAY + 1, DAY + 2, 0),
        (2 * DAY, 2 * DAY, 2),
        (2 * DAY, 3 * DAY, 4),
        (9 * DAY, 9 * DAY, 4),
        (9 * DAY, 10 * DAY, 6),
    ];
    for (used, asked, counted) in cases {
        db.count_use("pix", used).expect("counts");
        let uses = db.template_uses(asked).expect("reads");
        assert_eq!(uses.get("pix"), Some(&counted), "{used} {asked}");
    }
}

#[test]
fn a_file_of_the_first_format_is_brought_forward() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("user.db");
    let old = rusqlite::Connection::open(&path).expect("makes");
    old.execute_batch(include_str!("migrations/0001_first.sql"))
        .expect("the first format");
    old.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO setting (name, value) VALUES ('settings', '{\"density\":\"compact\",\"notifySales\":false}');
         INSERT INTO desk (id, workspace, member) VALUES (1, 'ws_00000000000000000000000001', 'mem_00000000000000000000000001');
         INSERT INTO draft (desk, conversation, text) VALUES (1, 'cnv_00000000000000000000000009', 'Oi');",
    )
    .expect("a draft");
    drop(old);
    let mut db = open(&path);
    db.sit_down(&session(1), 2).expect("sits down");
    let settings = db.settings().expect("reads");
    assert_eq!(
        (settings.density, settings.zoom, settings.notify_mine),
        (Density::Compact, 100, true)
    );
    let all_sales = BTreeMap::from([(StageGroup::Approved, Reach::All)]);
    assert_eq!(
        (
            settings.notify_sales,
            settings.notify_of,
            settings.notify_from
        ),
        (false, all_sales, 0)
    );
    let kept = db.draft(ConversationId::from_u128(9)).expect("reads");
    let kept = kept.expect("kept");
    assert_eq!((kept.draft.text.as_str(), kept.begun), ("Oi", None));
}

#[test]
fn desks_do_not_see_each_other() {
    let (_folder, _, mut db) = seated();
    db.keep(&[note(1, "a")], 3).expect("keeps");
    db.sit_down(&session(2), 3).expect("another sits down");
    assert!(db.kept().expect("reads").is_empty());
    db.stand_up().expect("leaves");
    assert!(db.kept().is_err());
    db.sit_down(&session(1), 2).expect("comes back");
    assert_eq!(db.kept().expect("reads").len(), 1);
}

#[test]
fn an_action_leaves_comes_back_and_is_let_go() {
    let (_folder, _, mut db) = seated();
    for id in 1..=4 {
        db.keep(&[note(id, "a")], 3).expect("keeps");
    }
    let ids: Vec<CommandId> = (1..=4).map(CommandId::from_u128).collect();
    let left = db.depart(3, 4).expect("leaves");
    assert_eq!(left.iter().map(|c| c.id).collect::<Vec<_>>(), ids[..3]);
    assert_eq!(db.recall(&ids[..3]).expect("asks"), [], "on their way");
    db.come_back(&ids[..1], true).expect("comes back");
    db.come_back(&ids[1..2], false).expect("comes back");
    let recalled = db.recall(&ids[..3]).expect("asks");
    assert_eq!(recalled, ids[1..2], "only this surely never left");
    let by = Actor {
        id: MemberId::from_u128(5),
        name: "Bia".to_owned(),
    };
    let refused = Outcome::Refused {
        code: RefusalCode::AlreadyClaimed,
        by: Some(by.clone()),
    };
    db.answered(&[
        CommandAnswer {
            id: ids[0],
            outcome: Outcome::Applied { seq: 8 },
        },
        CommandAnswer {
            id: ids[2],
            outcome: refused,
        },
    ])
    .expect("answers");
    assert_eq!(
        states(&db),
        [
            KeptState::Answered(8),
            KeptState::Refused(RefusalCode::AlreadyClaimed, Some(by)),
            KeptState::Waiting
        ]
    );
    assert_eq!(db.confirm_up_to(7).expect("asks"), 0);
    assert_eq!(db.confirm_up_to(8).expect("lets go"), 1);
    assert_eq!(db.confirm(&ids[3..]).expect("lets go"), 1);
    let new = CommandId::from_u128(50);
    assert!(db.renew(ids[2], new).expect("renews"));
    assert_eq!(
        db.depart(9, 4).expect("leaves").first().map(|c| c.id),
        Some(new)
    );
    assert!(!db.discard(new).expect("asks"), "it is on its way");
}

#[test]
fn what_never_found_the_service_can_be_let_go_however_often_it_was_tried() {
    let (_folder, _, mut db) = seated();
    for id in 1..=3 {
        db.keep(&[note(id, "a")], 3).expect("keeps");
    }
    let ids: Vec<CommandId> = (1..=3).map(CommandId::from_u128).collect();
    for _ in 0..3 {
        db.depart(3, 4).expect("leaves");
        db.come_back(&ids, false).expect("comes back");
    }
    db.depart(2, 4).expect("leaves");
    db.come_back(&ids[..1], true).expect("comes back");
    // The second was on its way when the app ended, and then led nowhere.
    db.depart(2, 4).expect("leaves");
    db.come_back(&ids[..2], false).expect("comes back");
    assert_eq!(db.recall(&ids).expect("asks"), ids[2..]);
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let (_folder, path, db) = seated();
    db.file
        .pragma_update(None, "user_version", 99)
        .expect("writes");
    drop(db);
    let before = std::fs::read(&path).expect("reads");
    assert!(matches!(
        UserDb::open(&path, 7),
        Err(OpenError::Newer { found: 99, .. })
    ));
    assert_eq!(std::fs::read(&path).expect("reads"), before);
}

#[test]
fn a_damaged_file_is_kept_and_what_can_be_read_is_taken_over() {
    let (_folder, path, mut db) = seated();
    db.keep(&[note(1, "não perder")], 3).expect("keeps");
    db.file
        .pragma_update(None, "journal_mode", "DELETE")
        .expect("one file");
    // An index that disagrees with its table is damage that leaves the rows readable.
    db.file
        .execute_batch(
            "PRAGMA writable_schema = ON; \
             UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'reveal') \
             WHERE name = 'outbox_by_desk';",
        )
        .expect("damages");
    drop(db);
    let opened = UserDb::open(&path, 7).unwrap_or_else(|error| panic!("{error}"));
    let aside = opened.set_aside.expect("told");
    assert!(aside.ends_with("user.db.damaged-7") && aside.exists());
    let kept = opened.db.kept().expect("reads");
    assert_eq!(
        kept.first().map(|kept| kept.command.clone()),
        Some(note(1, "não perder"))
    );
    assert_eq!(opened.db.session().expect("reads"), Some(session(1)));
}

#[test]
fn a_file_that_is_no_database_is_kept_under_a_telling_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("user.db");
    std::fs::write(
        &path,
        "not a database, but something somebody may want back",
    )
    .expect("writes");
    let opened = UserDb::open(&path, 7).unwrap_or_else(|error| panic!("{error}"));
    let aside = opened.set_aside.expect("told");
    assert!(
        std::fs::read_to_string(aside)
            .expect("kept")
            .starts_with("not a database")
    );
    assert_eq!(opened.db.session().expect("reads"), None);
}

#[test]
fn what_is_held_back_keeps_what_follows_it_in_its_conversation() {
    let (_folder, _, mut db) = seated();
    let claim = |id: u128, conversation: u128| Command {
        conversation_id: ConversationId::from_u128(conversation),
        action: Action::Claim {},
        ..note(id, "")
    };
    let held = note(1, "a");
    let here = held.conversation_id;
    db.keep_held(&[held], 3, 5_003).expect("keeps");
    let behind = Command {
        conversation_id: here,
        ..claim(2, 0)
    };
    db.keep(&[behind, claim(3, 77)], 3).expect("keeps");
    let mut left = |now| -> Vec<CommandId> {
        let left = db.depart(9, now).expect("leaves");
        left.into_iter().map(|command| command.id).collect()
    };
    let [first, second, third] = [1, 2, 3].map(|id| note(id, "").id);
    assert_eq!(left(5_002), [third]);
    assert_eq!(left(5_003), [first, second, third]);
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_for_ever() {
    let (_folder, _, mut db) = seated();
    db.keep_held(&[note(1, "a")], 900_000, 905_000)
        .expect("keeps");
    assert_eq!(db.held_for(900_000).expect("reads"), Some(5_000));
    assert_eq!(db.held_for(3).expect("reads"), None);
    assert_eq!(db.depart(9, 3).expect("leaves").len(), 1);
}

#[test]
fn a_full_disk_says_so_keeps_what_is_there_and_passes() {
    let (_folder, path, mut db) = seated();
    db.keep(&[note(1, "antes")], 3).expect("there is room");
    let pages: i64 = db
        .file
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .expect("a count");
    let limit = |db: &UserDb, pages: i64| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        db.file.query_row(&sql, (), |_| Ok(())).expect("a limit");
    };
    limit(&db, pages + 2);
    let long = "muito longo ".repeat(100);
    let mut written = 1;
    let error = loop {
        match db.keep(&[note(1 + written, &long)], 4) {
            Ok(()) => written += 1,
            Err(error) => break Refusal::from(error),
        }
        assert!(written < 1_000, "the disk was never full");
    };
    assert_eq!(error.code(), "disk_full");
    let draft = DraftAsked {
        conversation_id: ConversationId::from_u128(9),
        kind: DraftKind::Message,
        text: long.repeat(20),
        template_key: None,
        order_key: None,
    };
    let refused = db.save_draft(&draft, None, 5).map_err(Refusal::from);
    assert_eq!(
        refused,
        Err(Refusal::DiskFull),
        "what is typed is not lost silently"
    );
    assert_eq!(states(&db).len(), usize::try_from(written).expect("few"));

    limit(&db, 1_000_000);
    db.save_draft(&draft, None, 6).expect("there is room again");
    drop(db);
    let db = open(&path);
    assert_eq!(states(&db).len(), usize::try_from(written).expect("few"));
    assert!(
        db.drafted()
            .expect("reads")
            .contains(&draft.conversation_id)
    );
}

#[test]
fn a_note_and_an_answer_are_drafts_of_their_own() {
    let (_folder, _, db) = seated();
    let id = ConversationId::from_u128(9);
    let save = |kind: DraftKind, text: &str| {
        let draft = DraftAsked {
            conversation_id: id,
            kind,
            text: text.to_owned(),
            template_key: None,
            order_key: None,
        };
        db.save_draft(&draft, None, 5).expect("saves");
    };
    save(DraftKind::Note, "pediu");
    save(DraftKind::Note, "pediu nota");
    save(DraftKind::Answer, "vou pagar");
    let begun = db.begun(id).expect("reads");
    assert_eq!(begun.note.as_deref(), Some("pediu nota"));
    assert_eq!(begun.answer.as_deref(), Some("vou pagar"));
    assert_eq!(db.draft(id).expect("reads"), None);
    assert!(db.drafted().expect("reads").contains(&id));
    save(DraftKind::Note, "");
    assert!(db.is_drafted(id).expect("reads"));
    save(DraftKind::Answer, "");
    assert!(!db.is_drafted(id).expect("reads"));
}
