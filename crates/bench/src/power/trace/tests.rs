use super::{Call, Handle, Run, Seen, What, read};

/// Writes a text as `strace -xx` does.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

fn handle(number: u32, path: &str) -> Handle {
    let path = path.to_owned();
    Handle { number, path }
}

/// Puts `{}` around what is in hexadecimal in the real thing, and reads the lines.
fn reading(lines: &[&str]) -> anyhow::Result<Vec<What>> {
    let mut text = String::new();
    for line in lines {
        for (place, part) in line.split(['‹', '›']).enumerate() {
            text.push_str(&if place % 2 == 1 {
                hex(part)
            } else {
                part.to_owned()
            });
        }
        text.push('\n');
    }
    let folder = tempfile::tempdir()?;
    let run = Run {
        calls: folder.path().join("0.calls"),
        before: folder.path().join("0.before"),
    };
    std::fs::create_dir(&run.before)?;
    std::fs::write(&run.calls, text)?;
    let promise = |told: &[u8]| told.starts_with(b"made ").then(|| "made".to_owned());
    let seen = read(&[run], std::path::Path::new("/data"), promise)?;
    Ok(seen
        .into_iter()
        .skip(1)
        .map(|Seen { what, .. }| what)
        .collect())
}

#[test]
fn every_form_of_a_call_is_read() {
    let wal = || handle(9, "/data/a.db-wal");
    let open = |make, empty, append| Call::Open {
        path: "/data/a.db".to_owned(),
        make,
        empty,
        append,
    };
    let write = |at, text: &str| Call::Write {
        to: wal(),
        at,
        bytes: text.as_bytes().to_vec(),
    };
    let other = |name: &str, paths: &[&str]| {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Call::Other(name.to_owned(), paths)
    };
    for (line, call, result) in [
        (
            "7 1.000001 openat(AT_FDCWD<‹/›>, \"‹/data/a.db›\", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 9<‹/data/a.db›>",
            open(true, false, false),
            Some(9),
        ),
        (
            "7 1.000001 openat(5<‹/data›>, \"‹a.db›\", O_WRONLY|O_APPEND) = -1 ENOENT (No such file or directory)",
            open(false, false, true),
            Some(-1),
        ),
        (
            "7 1.000001 creat(\"‹/data/a.db›\", 0600)  = 9<‹/data/a.db›>",
            open(true, true, false),
            Some(9),
        ),
        (
            "7 1.000001 pwrite64(9<‹/data/a.db-wal›>, \"‹a, \"b)›\", 6, 4120) = 6",
            write(Some(4120), "a, \"b)"),
            Some(6),
        ),
        (
            "7 1.000001 writev(9<‹/data/a.db-wal›>, [{iov_base=\"‹ab›\", iov_len=2}, {iov_base=\"‹c›\", iov_len=1}], 2) = 3",
            write(None, "abc"),
            Some(3),
        ),
        (
            "7 1.000001 fdatasync(9<‹/data/a.db-wal›>) = 0",
            Call::Sync(wal()),
            Some(0),
        ),
        (
            "7 1.000001 ftruncate(9<‹/data/a.db-wal›>(deleted), 0) = 0",
            Call::Length(wal(), 0),
            Some(0),
        ),
        (
            "7 1.000001 fallocate(9<‹/data/a.db-wal›>, 0, 4096, 8192) = 0",
            Call::Grow(wal(), 12_288),
            Some(0),
        ),
        (
            "7 1.000001 fallocate(9<‹/data/a.db-wal›>, FALLOC_FL_PUNCH_HOLE, 0, 8192) = 0",
            other("fallocate", &["/data/a.db-wal"]),
            Some(0),
        ),
        (
            "7 1.000001 mmap(NULL, 32768, PROT_READ|PROT_WRITE, MAP_SHARED, 9<‹/data/a.db-wal›>, 0) = 0x7f00",
            Call::Map(wal()),
            Some(0x7f00),
        ),
        (
            "7 1.000001 rename(\"‹/data/a›\", \"‹/data/b›\") = 0",
            Call::Rename {
                from: "/data/a".to_owned(),
                onto: "/data/b".to_owned(),
            },
            Some(0),
        ),
        (
            "7 1.000001 linkat(AT_FDCWD<‹/›>, \"‹/data/a›\", AT_FDCWD<‹/›>, \"‹/data/b›\", 0) = 0",
            Call::Link {
                from: "/data/a".to_owned(),
                onto: "/data/b".to_owned(),
            },
            Some(0),
        ),
        (
            "7 1.000001 mkdir(\"‹/data/in›\", 0777) = 0",
            other("mkdir", &["/data/in"]),
            Some(0),
        ),
        (
            "7 1.000001 unlink(\"‹/data/a›\") = ?",
            Call::Unlink("/data/a".to_owned()),
            None,
        ),
    ] {
        let read = reading(&[line]).expect(line);
        assert_eq!(read, [What::Begins(call), What::Ends(result)], "{line}");
    }
}

#[test]
fn overlapping_calls_end_where_they_end() {
    let read = reading(&[
        "7 1.000001 fsync(9<‹/data/a›> <unfinished ...>",
        "8 1.000002 mmap(NULL, 8, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>",
        "8 1.000003 <... mmap resumed>) = 0x7f00",
        "8 1.000003 sendto(10<socket:[77]>, \"‹made it›\", 7, MSG_NOSIGNAL, NULL, 0 <unfinished ...>",
        "7 1.000004 <... fsync resumed>) = 0",
        "8 1.000005 <... sendto resumed>) = 7",
        "8 1.000006 --- SIGTERM {si_signo=SIGTERM} ---",
        "8 1.000007 +++ exited with 0 +++",
    ]);
    assert_eq!(
        read.expect("all forms are known"),
        [
            What::Begins(Call::Sync(handle(9, "/data/a"))),
            What::Promises("made".to_owned()),
            What::Ends(Some(0)),
        ]
    );
}

#[test]
fn what_is_not_understood_is_no_recording() {
    for line in [
        "strace: Process 7 attached",
        "7 1.000001 write(9<‹/data/a›>, \"‹ab›\"..., 4) = 4",
        "7 1.000001 write(9<‹/data/a›>, \"ab\", 2) = 2",
        "7 1.000001 ftruncate(9<‹/data/a›>, much) = 0",
    ] {
        assert!(reading(&[line]).is_err(), "{line}");
    }
}
