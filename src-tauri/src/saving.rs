//! Files that people asked for: put into the folder for downloads, never over another one, readable by their owner only.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many names are tried.
const TRIES: u32 = 1_000;

/// Writes a new file, with a number in its name where that is taken; returns where it is.
pub(crate) fn save(folder: &Path, stem: &str, extension: &str, text: &str) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for number in 1..=TRIES {
        let name = match number {
            1 => format!("{stem}.{extension}"),
            number => format!("{stem}-{number}.{extension}"),
        };
        let path = folder.join(name);
        match create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(mut file) => {
                let written = file
                    .write_all(text.as_bytes())
                    .and_then(|()| file.sync_all());
                if written.is_err() {
                    // Half a file would look like a whole one.
                    std::fs::remove_file(&path)?;
                }
                return written.map(|()| path);
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn create(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::save;

    #[test]
    fn a_file_takes_no_others_place_and_is_its_owners() {
        let folder = tempfile::tempdir().expect("a folder");
        let downloads = folder.path().join("Downloads");
        for (text, name) in [("um", "dados.json"), ("dois", "dados-2.json")] {
            let path = save(&downloads, "dados", "json", text).expect("saves");
            assert_eq!(path, downloads.join(name));
            assert_eq!(std::fs::read_to_string(&path).expect("reads"), text);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = std::fs::metadata(&path).expect("is there").permissions();
                assert_eq!(mode.mode() & 0o777, 0o600);
            }
        }
        let file = downloads.join("dados.json");
        assert!(save(&file, "dados", "json", "").is_err(), "no folder");
    }
}
