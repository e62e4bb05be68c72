//! Changes that are made on the notes, before anything sounds.

use midly::num::{u4, u7, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, Track, TrackEvent, TrackEventKind};

/// General MIDI's channel of drums, which have no pitch to move.
const DRUMS: u8 = 9;
/// Microseconds per beat where a file says nothing.
const DEFAULT_TEMPO: u32 = 500_000;
/// The controllers that end every note: pedal up, all notes off, all sound off.
const ENDING: [u8; 3] = [64, 123, 120];

/// What is to be different from the score as written.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    pub(crate) semitones: i16,
    /// Above 1 is faster.
    pub(crate) speed: f64,
}

/// The first `seconds` of a MIDI file (counted before the change of speed), changed.
pub(crate) fn changed(file: &[u8], change: Change, seconds: f64) -> Vec<u8> {
    let mut score = Smf::parse(file).unwrap();
    let end = tick_at(&score, seconds);
    let slower = |tempo: u32| u24::new((f64::from(tempo) / change.speed).round() as u32);
    for track in &mut score.tracks {
        let mut tick = 0;
        let mut kept: Track<'_> = Vec::with_capacity(track.len());
        for event in track.iter() {
            let next = tick + u64::from(event.delta.as_int());
            if next >= end || event.kind == TrackEventKind::Meta(MetaMessage::EndOfTrack) {
                break;
            }
            tick = next;
            let mut event = *event;
            match &mut event.kind {
                TrackEventKind::Midi { channel, message } if channel.as_int() != DRUMS => move_note(message, change),
                TrackEventKind::Meta(MetaMessage::Tempo(tempo)) => *tempo = slower(tempo.as_int()),
                _ => {}
            }
            kept.push(event);
        }
        *track = kept;
    }
    let ends: Vec<u64> =
        score.tracks.iter().map(|track| track.iter().map(|e| u64::from(e.delta.as_int())).sum()).collect();
    // After the last event of every track, also of those that begin a note at the cut.
    let last = ends.iter().copied().max().unwrap_or(0) + 1;
    for (place, (track, own)) in score.tracks.iter_mut().zip(ends).enumerate() {
        if place == 0 {
            // A later event of the file at the same tick wins.
            let first = TrackEventKind::Meta(MetaMessage::Tempo(slower(DEFAULT_TEMPO)));
            track.insert(0, TrackEvent { delta: 0.into(), kind: first });
            // A note or a pedal held for ever would sound for ever.
            let mut delta = u28::new((last - own) as u32);
            for channel in 0..16 {
                for controller in ENDING.map(u7::new) {
                    let message = MidiMessage::Controller { controller, value: 0.into() };
                    track.push(TrackEvent { delta, kind: TrackEventKind::Midi { channel: u4::new(channel), message } });
                    delta = 0.into();
                }
            }
        }
        track.push(TrackEvent { delta: 0.into(), kind: TrackEventKind::Meta(MetaMessage::EndOfTrack) });
    }
    let mut bytes = Vec::new();
    score.write_std(&mut bytes).unwrap();
    bytes
}

fn move_note(message: &mut MidiMessage, change: Change) {
    if let MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } | MidiMessage::Aftertouch { key, .. } =
        message
    {
        *key = u7::new((i16::from(key.as_int()) + change.semitones).clamp(0, 127) as u8);
    }
}

/// The last tick that is played within so many seconds.
fn tick_at(score: &Smf<'_>, seconds: f64) -> u64 {
    let Timing::Metrical(per_beat) = score.header.timing else { panic!("time code instead of beats") };
    let mut tempos: Vec<(u64, u32)> = Vec::new();
    for track in &score.tracks {
        let mut tick = 0;
        for event in track {
            tick += u64::from(event.delta.as_int());
            if let TrackEventKind::Meta(MetaMessage::Tempo(tempo)) = event.kind {
                tempos.push((tick, tempo.as_int()));
            }
        }
    }
    tempos.sort_by_key(|&(tick, _)| tick);
    let (mut at, mut left, mut tempo) = (0, seconds, DEFAULT_TEMPO);
    let ticks = |seconds: f64, tempo: u32| seconds * 1e6 / f64::from(tempo) * f64::from(per_beat.as_int());
    for (tick, next) in tempos {
        let whole = ticks(left, tempo);
        if whole < (tick - at) as f64 {
            break;
        }
        left -= left * (tick - at) as f64 / whole;
        (at, tempo) = (tick, next);
    }
    at + ticks(left, tempo) as u64
}

/// Ticks per beat of the scores that are put together here: divides by 2, 3 and 4.
pub(crate) const PER_BEAT: u16 = 480;

/// A note of a score: channel, pitch, loudness, and from which tick to which.
pub(crate) struct Note {
    pub(crate) channel: u8,
    pub(crate) key: u8,
    pub(crate) velocity: u8,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// A MIDI file of these notes. `programs` are `(channel, program)`.
pub(crate) fn written(bpm: f64, programs: &[(u8, u8)], notes: &[Note]) -> Vec<u8> {
    let midi = |channel: u8, message| TrackEventKind::Midi { channel: u4::new(channel), message };
    let mut events: Vec<(u32, TrackEventKind<'_>)> = Vec::new();
    for &(channel, program) in programs {
        events.push((0, midi(channel, MidiMessage::ProgramChange { program: u7::new(program) })));
    }
    for note in notes {
        let (key, vel) = (u7::new(note.key), u7::new(note.velocity));
        events.push((note.from, midi(note.channel, MidiMessage::NoteOn { key, vel })));
        events.push((note.to, midi(note.channel, MidiMessage::NoteOff { key, vel: 0.into() })));
    }
    // At one tick a note ends before the next begins; programs come before all.
    let rank = |kind: &TrackEventKind<'_>| match kind {
        TrackEventKind::Midi { message: MidiMessage::NoteOn { .. }, .. } => 2,
        TrackEventKind::Midi { message: MidiMessage::NoteOff { .. }, .. } => 1,
        _ => 0,
    };
    events.sort_by_key(|(tick, kind)| (*tick, rank(kind)));
    let tempo = u24::new((60e6 / bpm).round() as u32);
    let mut track = vec![TrackEvent { delta: 0.into(), kind: TrackEventKind::Meta(MetaMessage::Tempo(tempo)) }];
    let mut now = 0;
    for (tick, kind) in events {
        track.push(TrackEvent { delta: u28::new(tick - now), kind });
        now = tick;
    }
    track.push(TrackEvent { delta: 0.into(), kind: TrackEventKind::Meta(MetaMessage::EndOfTrack) });
    let header = Header::new(Format::SingleTrack, Timing::Metrical(PER_BEAT.into()));
    let mut bytes = Vec::new();
    Smf { header, tracks: vec![track] }.write_std(&mut bytes).unwrap();
    bytes
}
