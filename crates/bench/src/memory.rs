//! What processes hold in memory, read from the kernel.

use anyhow::Context;

/// Returns a process' resident memory.
///
/// # Errors
/// When the process is gone.
pub fn resident_mib(pid: u32) -> anyhow::Result<f64> {
    field_mib(&format!("/proc/{pid}/status"), "VmRSS:")
}

/// Returns the most a process ever held in memory.
///
/// # Errors
/// When the process is gone.
pub fn peak_mib(pid: u32) -> anyhow::Result<f64> {
    field_mib(&format!("/proc/{pid}/status"), "VmHWM:")
}

/// Returns the memory of a process and all its descendants, shared pages counted by their share.
///
/// # Errors
/// When the process is gone.
pub fn family_mib(pid: u32) -> anyhow::Result<f64> {
    let mut sum = field_mib(&format!("/proc/{pid}/smaps_rollup"), "Pss:")?;
    for child in children(pid) {
        // A child may end while it is looked at.
        sum += family_mib(child).unwrap_or(0.0);
    }
    Ok(sum)
}

fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "kibibytes of a process are far below 2^52"
)]
fn field_mib(path: &str, field: &str) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {path}"))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .with_context(|| format!("{path} has no {field}"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_has_memory() {
        let me = std::process::id();
        let (resident, family) = (super::resident_mib(me), super::family_mib(me));
        assert!(resident.expect("resident") > 1.0 && family.expect("family") > 0.5);
        let before = super::peak_mib(me).expect("peak");
        let much = vec![1_u8; 64 << 20];
        assert_eq!(
            much.iter().map(|byte| u64::from(*byte)).sum::<u64>(),
            64 << 20
        );
        drop(much);
        let peak = super::peak_mib(me).expect("peak");
        assert!(
            peak > before,
            "what was given back still counts: {before} and {peak}"
        );
    }
}
