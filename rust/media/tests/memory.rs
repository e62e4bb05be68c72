//! Memory does not grow with the length of a file. Alone in its process, because the process is what it measures.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod common;

use std::fs::File;

use common::write_wav;
use segue_media::{AudioReader, OpenOptions, content_key};

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn ten_minutes_of_audio_take_no_more_memory_than_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    // A header that promises ten minutes, and a file that is as long but has holes on disk.
    let length = 600 * 44_100 * 4_u32;
    write_wav(&path, 1, 44_100, 2, 16, &[]);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4..8].copy_from_slice(&(length + 36).to_le_bytes());
    bytes[40..44].copy_from_slice(&length.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(44 + u64::from(length)).unwrap();

    let before = peak_kib();
    let mut reader = AudioReader::open(&path, &OpenOptions::default()).unwrap();
    let mut frames = 0;
    while let Some(block) = reader.next_block().unwrap() {
        frames += block.len() / 2;
    }
    assert_eq!(frames, 600 * 44_100);
    content_key(&path, &OpenOptions::default()).unwrap();
    let growth = peak_kib() - before;
    assert!(growth < 4096, "{growth} KiB");
}
