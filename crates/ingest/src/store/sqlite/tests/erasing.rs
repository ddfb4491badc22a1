//! Erasing on this engine: what the file holds between its rows, and what a process leaves to the next.

use contract::Customer;

use super::Folder;
use super::writing::{calm, opened};
use crate::identity::Trace;
use crate::store::conformance::Stage;
use crate::store::conformance::script::{Script, by_email};
use crate::store::sqlite::{SMALL, SqliteStore};
use crate::store::{Sought, Store};

fn mail(n: usize) -> String {
    format!("pessoa-{n:04}@example.com")
}

fn named(n: usize) -> Sought {
    Sought {
        traces: vec![(Trace::Email, mail(n))],
        ..Sought::default()
    }
}

/// Tells whether a word is in any file of the store.
fn holds(folder: &Folder, word: &str) -> bool {
    let path = folder.options().path;
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|bytes| {
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        })
}

async fn buys(script: &Script, n: usize) {
    let customer = Customer {
        name: Some(format!("Pessoa {n:04}")),
        ..by_email(&mail(n))
    };
    let mut event = script.event(&format!("{}-{n}", script.workspace.name), customer);
    // Bodies of very different lengths, so that pages are split at every sort of place.
    event.checkout_url = Some(format!(
        "https://loja.example.com/{}",
        "x".repeat(n * 37 % 900)
    ));
    script.accept(&[event]).await;
}

/// Two workspaces share the table of entries, so that pages of the first are split in the middle of the table and leave copies
/// behind.
#[tokio::test]
async fn no_copy_is_left_between_the_rows() {
    let folder = Folder::set().await;
    let (store, first) = opened(&folder, calm()).await;
    let second = Script {
        workspace: store.ensure_workspace("Outra").await.unwrap(),
        ..Script::with(first.store.clone(), folder.world()).await
    };
    let second = Script {
        integration: second.integrate("loja-3", "kiwify").await,
        ..second
    };
    for n in 0..120 {
        buys(&second, 1_000 + n).await;
        buys(&first, n).await;
    }
    for n in [3, 40, 41, 77, 119] {
        assert!(holds(&folder, &mail(n)), "{n} is there at first");
        first
            .store
            .erase(first.workspace.id, named(n), None)
            .await
            .unwrap();
        assert!(!holds(&folder, &mail(n)), "{n} is left");
        assert!(
            !holds(&folder, &format!("Pessoa {n:04}")),
            "the name of {n} is left"
        );
    }
    for n in [1_003, 1_064] {
        second
            .store
            .erase(second.workspace.id, named(n), None)
            .await
            .unwrap();
        assert!(!holds(&folder, &mail(n)), "{n} is left");
    }
    assert!(holds(&folder, &mail(1)) && holds(&folder, &mail(1_001)));
    first.log().await;
    store.quick_check().await.unwrap();
}

/// An older program did not overwrite what it deleted.
#[tokio::test]
async fn what_an_older_program_left_behind_goes_too() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    buys(&script, 1).await;
    let left = format!("https://loja.example.com/?de={}", mail(1));
    store
        .write(SMALL, move |writing| {
            writing.db.pragma_update(None, "secure_delete", false)?;
            writing.db.execute(
                "INSERT INTO checkout (key, workspace, event) VALUES (x'00', 1, ?1)",
                [left],
            )?;
            writing.db.execute("DELETE FROM checkout", [])?;
            writing.db.pragma_update(None, "secure_delete", true)?;
            Ok(())
        })
        .await
        .unwrap();
    script
        .store
        .erase(script.workspace.id, named(1), None)
        .await
        .unwrap();
    assert!(!holds(&folder, &mail(1)));
    buys(&script, 2).await;
    script.log().await;
}

#[tokio::test]
async fn what_a_process_left_undone_is_done_by_the_next() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    buys(&script, 1).await;
    // As after a kill between the commit and seeing to the files.
    store
        .write(SMALL, |writing| {
            writing.db.pragma_update(None, "secure_delete", false)?;
            writing.db.execute("DELETE FROM delivery", [])?;
            writing.db.execute("DELETE FROM entry", [])?;
            writing.db.execute(
                "INSERT INTO meta (name, value) VALUES ('unscrubbed', '1')",
                [],
            )?;
            Ok(())
        })
        .await
        .unwrap();
    store.checkpoint().await.unwrap();
    assert!(holds(&folder, &mail(1)));
    drop(script);
    store.close().await;
    drop(store);
    let again = SqliteStore::open(folder.options()).unwrap();
    assert!(!holds(&folder, &mail(1)));
    again.quick_check().await.unwrap();
}
