//! A port that stays the same over restarts, because platforms have been told it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

/// Where a first port is looked for: below what systems give to outgoing connections.
const FIRST: u16 = 20_000;
const SPAN: u16 = 10_000;
const TRIES: usize = 20;

/// What was bound.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) listener: TcpListener,
    /// A remembered port was taken, so this is another one.
    pub(super) moved: bool,
}

/// The ports that were served on so far, the first one first: what was told to platforms is tried again first.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Remembered {
    ports: Vec<u16>,
}

/// Binds the port remembered in `folder`, or one that is free now and remembers it.
///
/// # Errors
/// When no port can be had or what was chosen cannot be written down.
pub(super) async fn bind(folder: &Path) -> io::Result<Bound> {
    let mut remembered = read(folder);
    let known = remembered.ports.first().copied();
    for port in remembered.ports.iter().copied() {
        if let Ok(listener) = on(port).await {
            let moved = known != Some(port);
            return Ok(Bound { listener, moved });
        }
    }
    let listener = any().await?;
    remembered.ports.push(listener.local_addr()?.port());
    write(folder, &remembered)?;
    let moved = known.is_some();
    Ok(Bound { listener, moved })
}

async fn any() -> io::Result<TcpListener> {
    for _ in 0..TRIES {
        if let Ok(listener) = on(FIRST + random() % SPAN).await {
            return Ok(listener);
        }
    }
    on(0).await
}

/// A port to try; only so that two computers' services rarely share one, so the hasher's seed is random enough.
fn random() -> u16 {
    use std::hash::{BuildHasher, RandomState};
    let number = RandomState::new().hash_one(0);
    u16::try_from(number % u64::from(u16::MAX)).unwrap_or(0)
}

async fn on(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).await
}

fn file(folder: &Path) -> PathBuf {
    folder.join("port.json")
}

fn read(folder: &Path) -> Remembered {
    fs::read(file(folder))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write(folder: &Path, remembered: &Remembered) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let beside = folder.join("port.json.new");
    fs::write(&beside, serde_json::to_vec(remembered)?)?;
    fs::rename(beside, file(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port_of(bound: &Bound) -> u16 {
        bound.listener.local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn a_port_is_kept_and_a_taken_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let first = bind(folder.path()).await.unwrap();
        assert!(!first.moved, "the first port is nobody's yet");
        let kept = port_of(&first);

        let second = bind(folder.path()).await.unwrap();
        assert!(second.moved, "the port was taken");
        assert_ne!(port_of(&second), kept);
        let other = port_of(&second);
        drop(second);

        let third = bind(folder.path()).await.unwrap();
        assert_eq!(port_of(&third), other, "the second choice is kept too");
        drop((first, third));

        let again = bind(folder.path()).await.unwrap();
        assert_eq!((port_of(&again), again.moved), (kept, false));
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_chosen_anew() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(file(folder.path()), "{").unwrap();
        assert!(!bind(folder.path()).await.unwrap().moved);
    }
}
