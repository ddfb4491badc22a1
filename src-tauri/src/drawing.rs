//! What draws the page on Linux: the graphics card, or the processor where there is none.
//!
//! Without a card, `WebKit` hands its drawing to a graphics card played by the processor, which is slower than drawing plainly.

use std::ffi::OsStr;
use std::path::Path;

/// Makes `WebKit` draw with the processor; since `WebKitGTK` 2.46.
const PLAINLY: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";

/// Where the kernel shows the cards that can draw.
const CARDS: &str = "/dev/dri";

/// Chooses what draws, unless whoever started the app has chosen.
pub(crate) fn choose() {
    if std::env::var_os(PLAINLY).is_some() || has_card(Path::new(CARDS)) {
        return;
    }
    if let Err(error) = glib::setenv(PLAINLY, "1", false) {
        tracing::warn!(%error, "the page is drawn as the system would have it");
    }
}

/// Tells whether a card that can draw lies in the folder; what cannot be read holds none for us either.
fn has_card(folder: &Path) -> bool {
    let Ok(devices) = folder.read_dir() else {
        return false;
    };
    devices
        .flatten()
        .any(|device| can_draw(&device.file_name()))
}

fn can_draw(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("renderD")
}

#[cfg(test)]
mod tests {
    use std::fs::{File, create_dir_all};

    use super::has_card;

    #[test]
    fn a_card_is_one_that_can_draw() {
        let root = tempfile::tempdir().expect("a folder");
        let dri = root.path().join("dri");
        assert!(!has_card(&dri), "there is no such folder");
        create_dir_all(dri.join("by-path")).expect("made");
        File::create(dri.join("card0")).expect("made");
        assert!(!has_card(&dri), "it shows pictures and cannot draw them");
        File::create(dri.join("renderD128")).expect("made");
        assert!(has_card(&dri));
    }
}
