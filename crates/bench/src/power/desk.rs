//! Power cuts of a desk: while it follows the feed, writes notes and reads a history anew.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;

use super::disk::Disk;
use super::trace::{self, Seen, What};
use super::{Contents, Extent, Recorder, Survived, between, lay, moments, named};
use crate::checker::Reader;
use crate::sales::{Batch, PROVIDER};
use crate::service::Service;
use crate::torture::{Desk, Dice, Programs, SECRET, check_notes, send_gently};

/// How often the desk starts while it is recorded; before the middle one the service begins a new history.
const LIVES: usize = 5;

/// What the service does is taken in until so long after the desk's moment, in microseconds: two recorders share no lock, and a
/// service that is a little ahead is what every desk meets.
const AHEAD: u64 = 2_000;

/// Files of the desk's that this program keeps in place of a system's keychain; nobody promises to flush them.
const KEPT: [&str; 2] = ["token", "member"];

/// Records a desk and its service, cuts the desk's power at so many moments, and checks what starts from what is left: every note it
/// was sure of reaches the feed once, what the member wrote is undamaged, and the cache ends equal to one filled anew. The service is
/// in the state it had at that moment.
///
/// # Errors
/// When anything of that does not hold.
pub async fn desk(
    programs: &Programs,
    folder: &Path,
    extent: Extent,
    seed: u64,
) -> anyhow::Result<Survived> {
    let mut survived = Survived::default();
    let mut dice = Dice(seed);
    while survived.cuts < extent.cuts {
        let place = folder.join(format!("recording-{}", survived.cuts));
        std::fs::create_dir_all(&place)?;
        let place = place.canonicalize()?;
        let recording = Recording::make(programs, &place, extent.length, &mut dice).await?;
        let cuts = extent.cuts_a_recording.min(extent.cuts - survived.cuts);
        recording.cut(cuts, &mut dice, &mut survived).await?;
        std::fs::remove_dir_all(&place)?;
    }
    Ok(survived)
}

struct Recording {
    programs: Programs,
    place: PathBuf,
    address: SocketAddr,
    token: String,
    kept: Contents,
    of_service: Vec<Seen>,
    of_desk: Vec<Seen>,
}

impl Recording {
    async fn make(
        programs: &Programs,
        place: &Path,
        life: usize,
        dice: &mut Dice,
    ) -> anyhow::Result<Self> {
        let (served, sat) = (place.join("live-service"), place.join("live-desk"));
        let of_service = Recorder::new(place.join("service-calls"), &served)?;
        let of_desk = Recorder::new(place.join("desk-calls"), &sat)?;
        let mut service = Service::start_recorded(&programs.service, &served, &of_service).await?;
        let path = service.source(PROVIDER, SECRET).await?;
        let desk = Desk::at(&programs.desk, &sat).recorded(&of_desk);
        let desk = desk.join(&service).await?;
        for number in 0..LIVES {
            if number == LIVES / 2 {
                service.stop().await?;
                service.task("new-epoch").await?;
                service.restart().await?;
            }
            let batch = Batch {
                path: path.clone(),
                secret: SECRET.to_owned(),
                name: format!("life{number}"),
                honest: true,
            };
            let stop = Arc::new(AtomicBool::new(false));
            let load = send_gently(&service, batch, &stop);
            let life = life as u64 + dice.below(life as u64);
            let lived = desk.work_and_die(Duration::from_millis(life)).await;
            stop.store(true, Ordering::Relaxed);
            load.await??;
            lived.with_context(|| format!("life {number}"))?;
        }
        service.stop().await?;
        let mut kept = Contents::new();
        for name in KEPT {
            kept.insert(name.to_owned(), std::fs::read(sat.join(name))?);
        }
        Ok(Self {
            programs: programs.clone(),
            address: service.address,
            token: service.token.clone(),
            kept,
            of_service: trace::read(&of_service.runs().await?, &served, |_| None)?,
            of_desk: trace::read(&of_desk.runs().await?, &sat, promise)?,
            place: place.to_owned(),
        })
    }

    async fn cut(
        &self,
        cuts: usize,
        dice: &mut Dice,
        survived: &mut Survived,
    ) -> anyhow::Result<()> {
        let mut desk = Disk::empty(&self.place.join("live-desk"));
        let mut service = Disk::empty(&self.place.join("live-service"));
        let (mut at, mut served, mut clock) = (0, 0, 0);
        let mut notes = Vec::new();
        for moment in moments(&self.of_desk, self.joined()?, cuts, dice) {
            for seen in self.of_desk.iter().take(moment).skip(at) {
                desk.take(seen)?;
                clock = clock.max(seen.at);
                if let What::Promises(note) = &seen.what {
                    notes.push(note.clone());
                }
            }
            at = moment;
            for seen in self.of_service.iter().skip(served) {
                if seen.at > clock + AHEAD {
                    break;
                }
                service.take(seen)?;
                served += 1;
            }
            let left = desk.after_cut(dice);
            survived.whole += usize::from(desk.is_whole(&left));
            lay(&self.place.join("cut-service"), &service.everything())?;
            let checked = self.survives(left, &notes).await;
            let (entries, refilled) = checked
                .with_context(|| named(&self.of_desk, moment))
                .with_context(|| format!("cut {}", survived.cuts + 1))?;
            survived.cuts += 1;
            survived.promised += notes.len();
            survived.entries += entries;
            survived.refilled += usize::from(refilled);
        }
        Ok(())
    }

    /// Returns where the desk's first life begins, behind its joining.
    fn joined(&self) -> anyhow::Result<usize> {
        let starts = (0..).zip(&self.of_desk);
        let mut starts = starts.filter(|(_, seen)| matches!(seen.what, What::Starts(_)));
        let (place, _) = starts.nth(1).context("the desk never worked")?;
        Ok(place)
    }

    /// Starts the desk on what a cut left of it; returns the entries of the feed and whether the cache had to be filled anew.
    async fn survives(&self, left: Contents, notes: &[String]) -> anyhow::Result<(u64, bool)> {
        let folder = self.place.join("cut-desk");
        let mut left = left;
        left.extend(self.kept.clone());
        lay(&folder, &left)?;
        let served = self.place.join("cut-service");
        let address = Some(self.address);
        let mut service =
            Service::open(&self.programs.service, &served, address, Some(&self.token)).await?;
        let desk = Desk::at(&self.programs.desk, &folder);
        desk.run("settle").await?;
        let grown = desk.run("look").await?;
        let damaged = set_aside(&folder)?;
        anyhow::ensure!(
            !damaged.iter().any(|name| name.starts_with("user.db")),
            "what the member wrote was damaged"
        );
        desk.forget_cache()?;
        desk.run("settle").await?;
        let fresh = desk.run("look").await?;
        anyhow::ensure!(
            grown == fresh,
            "the cache after the cut is not the one filled anew: {grown} and {fresh}"
        );
        let mut reader = Reader::default();
        reader.catch_up(&service).await?;
        check_notes(notes, &reader)?;
        // The next one listens at the same address.
        service.kill().await?;
        Ok((reader.seq(), !damaged.is_empty()))
    }
}

/// Finds the id of a note that the desk says is safe.
fn promise(told: &[u8]) -> Option<String> {
    between(told, "made ", b'\n')
}

/// Returns the names of damaged files that were set aside.
fn set_aside(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        if name.contains(".damaged") {
            names.push(name);
        }
    }
    Ok(names)
}
