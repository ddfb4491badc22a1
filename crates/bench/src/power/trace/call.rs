//! Reads one call's name and arguments as `strace -y -xx` prints them: every text in hexadecimal, every handle with its path.

use anyhow::{Context, bail};

use super::{Call, Handle};

/// Reads a call; `None` for one that cannot touch a file.
pub(super) fn parse(name: &str, arguments: &str) -> anyhow::Result<Option<Call>> {
    let arguments = Arguments(split(arguments));
    let call = match name {
        "open" | "creat" => arguments.open(arguments.path(None, 0)?, name, 1),
        "openat" | "openat2" => arguments.open(arguments.path(Some(0), 1)?, name, 2),
        "close" => Call::Close(arguments.handle(0)?),
        "lseek" => Call::Seek(arguments.handle(0)?),
        "write" | "writev" | "sendto" | "sendmsg" => arguments.write(None)?,
        "pwrite64" | "pwritev" | "pwritev2" => arguments.write(Some(arguments.number(3)?))?,
        "ftruncate" => Call::Length(arguments.handle(0)?, arguments.number(1)?),
        "fallocate" if arguments.get(1)? == "0" => Call::Grow(
            arguments.handle(0)?,
            arguments.number(2)? + arguments.number(3)?,
        ),
        "rename" => rename(arguments.two_paths(None, 0, None, 1)?),
        "renameat" => rename(arguments.two_paths(Some(0), 1, Some(2), 3)?),
        "renameat2" if !arguments.get(4)?.contains("EXCHANGE") => {
            rename(arguments.two_paths(Some(0), 1, Some(2), 3)?)
        }
        "link" => link(arguments.two_paths(None, 0, None, 1)?),
        "linkat" => link(arguments.two_paths(Some(0), 1, Some(2), 3)?),
        "unlink" => Call::Unlink(arguments.path(None, 0)?),
        "unlinkat" => Call::Unlink(arguments.path(Some(0), 1)?),
        "fsync" | "fdatasync" => Call::Sync(arguments.handle(0)?),
        "mmap" if !arguments.is_shared_for_writing()? => return Ok(None),
        "mmap" => Call::Map(arguments.handle(4)?),
        other => Call::Other(other.to_owned(), arguments.paths()),
    };
    Ok(Some(call))
}

struct Arguments<'a>(Vec<&'a str>);

impl<'a> Arguments<'a> {
    fn get(&self, index: usize) -> anyhow::Result<&'a str> {
        let argument = self.0.get(index).copied();
        argument.with_context(|| format!("no argument {index}"))
    }

    fn number(&self, index: usize) -> anyhow::Result<u64> {
        let text = self.get(index)?;
        text.parse()
            .with_context(|| format!("{text:?} is no number"))
    }

    fn handle(&self, index: usize) -> anyhow::Result<Handle> {
        handle(self.get(index)?).with_context(|| format!("argument {index} is no handle"))
    }

    /// Returns the full path of one that may be relative to a folder's handle.
    fn path(&self, folder: Option<usize>, index: usize) -> anyhow::Result<String> {
        let path = String::from_utf8_lossy(&texts(self.get(index)?)?).into_owned();
        match folder {
            Some(folder) if !path.starts_with('/') => {
                Ok(format!("{}/{path}", annotation(self.get(folder)?)))
            }
            _ => Ok(path),
        }
    }

    fn open(&self, path: String, name: &str, flags: usize) -> Call {
        let flags = self.0.get(flags).copied().unwrap_or_default();
        let creates = name == "creat";
        Call::Open {
            path,
            make: creates || flags.contains("O_CREAT"),
            empty: creates || flags.contains("O_TRUNC"),
            append: flags.contains("O_APPEND"),
        }
    }

    fn write(&self, at: Option<u64>) -> anyhow::Result<Call> {
        Ok(Call::Write {
            to: self.handle(0)?,
            at,
            bytes: texts(self.get(1)?)?,
        })
    }

    fn two_paths(
        &self,
        from_folder: Option<usize>,
        from: usize,
        onto_folder: Option<usize>,
        onto: usize,
    ) -> anyhow::Result<(String, String)> {
        let from = self.path(from_folder, from)?;
        Ok((from, self.path(onto_folder, onto)?))
    }

    fn is_shared_for_writing(&self) -> anyhow::Result<bool> {
        let (protection, flags) = (self.get(2)?, self.get(3)?);
        let anonymous = flags.contains("MAP_ANON");
        Ok(!anonymous && protection.contains("PROT_WRITE") && flags.contains("MAP_SHARED"))
    }

    /// Returns every path that is named, whether by itself or by a handle.
    fn paths(&self) -> Vec<String> {
        let texts = self.0.iter().filter_map(|argument| texts(argument).ok());
        let named = texts.map(|text| String::from_utf8_lossy(&text).into_owned());
        let held = self.0.iter().map(|argument| annotation(argument));
        named.chain(held).filter(|path| !path.is_empty()).collect()
    }
}

fn rename((from, onto): (String, String)) -> Call {
    Call::Rename { from, onto }
}

fn link((from, onto): (String, String)) -> Call {
    Call::Link { from, onto }
}

fn handle(argument: &str) -> anyhow::Result<Handle> {
    let end = argument.find('<').unwrap_or(argument.len());
    let number = argument.get(..end).context("no number")?.trim().parse()?;
    Ok(Handle {
        number,
        path: annotation(argument),
    })
}

/// Returns the path that a handle stands for.
fn annotation(argument: &str) -> String {
    let between = argument
        .split_once('<')
        .and_then(|(_, rest)| rest.rsplit_once('>'));
    between.map_or_else(String::new, |(path, _)| {
        let bytes = decoded(path).unwrap_or_else(|_| path.as_bytes().to_vec());
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Returns all texts of an argument, one behind the other: those of a vector are written so.
fn texts(argument: &str) -> anyhow::Result<Vec<u8>> {
    if argument.contains("\"...") {
        bail!("a text was cut off");
    }
    let mut all = Vec::with_capacity(argument.len() / 4);
    for text in argument.split('"').skip(1).step_by(2) {
        all.extend(decoded(text)?);
    }
    Ok(all)
}

/// Reads `\x61\x62`.
fn decoded(text: &str) -> anyhow::Result<Vec<u8>> {
    let (chunks, rest) = text.as_bytes().as_chunks::<4>();
    if !rest.is_empty() {
        bail!("a text is not in hexadecimal");
    }
    chunks
        .iter()
        .map(|chunk| match chunk {
            [b'\\', b'x', high, low] => Ok(digit(*high)? << 4 | digit(*low)?),
            _ => bail!("a text is not in hexadecimal"),
        })
        .collect()
}

fn digit(byte: u8) -> anyhow::Result<u8> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => bail!("a digit is none"),
    }
}

/// Splits at the commas that stand in no text, bracket or path.
fn split(arguments: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_i32, false);
    for (place, byte) in arguments.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'[' | b'{' | b'<' if !quoted => depth += 1,
            b']' | b'}' | b'>' if !quoted => depth -= 1,
            b',' if !quoted && depth == 0 => {
                parts.extend(arguments.get(start..place));
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.extend(arguments.get(start..));
    parts.iter().map(|part| part.trim()).collect()
}
