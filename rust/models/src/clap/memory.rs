//! How much memory there is.

use std::fs;

/// Bytes that can be taken without pushing anything out to disk: what Linux says is available, or what a container's limit
/// leaves, whichever is less. `None` on systems that are not asked.
#[must_use]
pub fn available_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let machine = meminfo(&text)?;
    let read = |name: &str| fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok();
    let limit = read("memory.max").and_then(|text| text.trim().parse::<u64>().ok());
    let used = read("memory.current").and_then(|text| text.trim().parse::<u64>().ok());
    // Files that were read count as used, and are let go of when memory is wanted.
    let cached = read("memory.stat").and_then(|text| stat(&text)).unwrap_or(0);
    let left = limit.zip(used).map(|(limit, used)| limit.saturating_sub(used.saturating_sub(cached)));
    Some(left.map_or(machine, |left| left.min(machine)))
}

fn meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn stat(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("inactive_file "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_read_where_it_is_said() {
        let text = "MemTotal:       24000000 kB\nMemFree:         1000 kB\nMemAvailable:    2097152 kB\n";
        assert_eq!(meminfo(text), Some(2 << 30));
        for other in ["", "MemAvailable:", "MemAvailable: many kB", "MemAvailable: 99999999999999999999 kB"] {
            assert_eq!(meminfo(other), None, "{other}");
        }
        assert_eq!(stat("anon 5\ninactive_file 4096\nactive_file 1\n"), Some(4096));
        assert_eq!(stat("anon 5"), None);
        if cfg!(target_os = "linux") {
            assert!(available_memory().is_some_and(|bytes| bytes > 0));
        }
    }
}
