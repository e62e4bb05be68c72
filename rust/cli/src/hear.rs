//! The commands that ask for music that sounds right.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context, bail};
use segue_engine::{
    Audience, BlendRequest, Engine, ErrorKind, Map, MixRequest, Neighbour, PathRequest, Seed, SeedKind, SetKind,
    TasteRequest, Track,
};

use crate::args::StoreArguments;
use crate::args::curate::{FileArguments, FormatArgument};
use crate::args::hear::{
    BlendArguments, CleanArguments, ExtendArguments, MapArguments, MixArguments, OrderArguments, OutArguments,
    PathArguments, SetArguments, SimilarArguments, SimilarSetsArguments, TasteArguments,
};
use crate::{curate, play_log, shapes};

/// Endings of playlist files: what ends so and is there is a list, anything else a track.
const LISTS: [&str; 5] = ["m3u", "m3u8", "jspf", "xspf", "csv"];

pub(crate) fn similar(arguments: &SimilarArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let songs = match &arguments.track {
        Some(track) => vec![engine.find(track)?],
        None => engine.songs()?,
    };
    for song in songs {
        let Some(track) = engine.track(&song)? else { continue };
        let neighbours = match engine.similar(&song, arguments.count, None) {
            // One track that is too short to be compared does not end the list.
            Err(error) if arguments.all && error.kind() == ErrorKind::NotAnalysed => Vec::new(),
            answer => answer?,
        };
        if let Some(file) = &arguments.m3u {
            let near = neighbours.iter().map(|near| near.song_id.clone());
            write_m3u(&engine, file, "", &std::iter::once(song).chain(near).collect::<Vec<_>>())?;
        }
        if arguments.store.json {
            writeln!(out, "{}", shapes::similar(&track.path, &neighbours))?;
            continue;
        }
        writeln!(out, "{}", track.path.display())?;
        for neighbour in neighbours {
            writeln!(out, "  {:.3}  {}", neighbour.distance, neighbour.path.display())?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn similar_sets(kind: SetKind, arguments: &SimilarSetsArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let seed_kind = match kind {
        SetKind::Artist => SeedKind::Artist,
        SetKind::Album => SeedKind::Album,
    };
    let seed = Seed { kind: seed_kind, name: arguments.name.clone(), weight: 1.0 };
    let mut out = BufWriter::new(std::io::stdout().lock());
    for set in engine.similar_sets(kind, &seed, arguments.count, &Audience::default())? {
        if arguments.store.json {
            writeln!(out, "{}", shapes::similar_set(&set))?;
            continue;
        }
        let by = if set.artist.is_empty() { String::new() } else { format!(" - {}", set.artist) };
        let example = title_of(&engine, &set.example)?;
        writeln!(out, "{:.3}  {}{by}  ({} songs, such as {example})", set.distance, set.name, set.songs)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn mix(arguments: &MixArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let tracks = tracks_of(&engine, &arguments.seeds.seed)?.into_iter();
    let mut seeds: Vec<Seed> = tracks.map(|name| Seed { kind: SeedKind::Track, name, weight: 1.0 }).collect();
    seeds.extend(arguments.seeds.sets());
    let queue = tracks_of(&engine, &arguments.after)?;
    let mix = engine.mix(&MixRequest {
        seeds,
        length: arguments.length,
        artist_cap: arguments.artist_cap,
        album_cap: arguments.album_cap,
        window: arguments.window,
        variation: arguments.variation,
        include_seeds: arguments.after.is_empty(),
        queue,
        audience: audience_of(arguments.seeds.taste.as_deref()),
    })?;
    answer(&engine, &arguments.store, &arguments.out, &mix)
}

pub(crate) fn path(arguments: &PathArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let waypoints = arguments.waypoints.iter().map(|name| engine.find(name)).collect::<Result<Vec<_>, _>>()?;
    let request = PathRequest { waypoints, length: arguments.length, audience: Audience::default() };
    let path = engine.path(&request)?;
    if let Some(file) = &arguments.out.m3u {
        write_m3u(&engine, file, "", &song_ids(&path.tracks))?;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.store.json {
        writeln!(out, "{}", shapes::path(&path))?;
    } else {
        for (place, track) in path.tracks.iter().enumerate() {
            if path.jumps.contains(&place) {
                writeln!(out, "       --- a jump: nothing in the library lies between ---")?;
            }
            writeln!(out, "{}", words_of(&engine, track, arguments.out.reason)?)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn blend(arguments: &BlendArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let mut listener: Option<String> = None;
    let mut resolve = |seeds: &[Seed]| -> anyhow::Result<Vec<Seed>> {
        let mut resolved = Vec::with_capacity(seeds.len());
        for seed in seeds {
            match seed.kind {
                SeedKind::Track => resolved.push(Seed { name: engine.find(&seed.name)?, ..seed.clone() }),
                SeedKind::Taste => {
                    if listener.as_ref().is_some_and(|other| *other != seed.name) {
                        bail!("a blend takes the taste of one listener; two were named");
                    }
                    listener = Some(seed.name.clone());
                    resolved.push(Seed { name: String::new(), ..seed.clone() });
                }
                _ => resolved.push(seed.clone()),
            }
        }
        Ok(resolved)
    };
    let (add, subtract) = (resolve(&arguments.add)?, resolve(&arguments.subtract)?);
    let blend = engine.blend(&BlendRequest {
        add,
        subtract,
        by_sound: arguments.by_sound,
        length: arguments.length,
        temperature: arguments.temperature,
        variation: arguments.variation,
        artist_cap: arguments.artist_cap,
        audience: audience_of(listener.as_deref()),
    })?;
    answer(&engine, &arguments.store, &arguments.out, &blend)
}

pub(crate) fn taste(arguments: &TasteArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let audience = audience_of(Some(&arguments.listener));
    if arguments.forget {
        engine.forget_listener(&audience.listener)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(file) = &arguments.log {
        let bytes = curate::read_file(file)?;
        let log = play_log::read(&engine, &bytes).with_context(|| file.display().to_string())?;
        tell_of(&log);
        if log.plays.is_empty() {
            bail!("the store knows none of the tracks of {}", file.display());
        }
        engine.forget_listener(&audience.listener)?;
        engine.log_plays(&audience.listener, &log.plays)?;
        engine.set_opinions(&audience.listener, &log.opinions, true)?;
    }
    let lists = if arguments.last {
        engine.personal_lists(&audience)?
    } else {
        engine.make_personal_lists(&TasteRequest {
            audience,
            kinds: arguments.kind.iter().map(|kind| (*kind).into()).collect(),
            daily_mixes: arguments.daily_mixes,
            length: arguments.length,
            artist_cap: arguments.artist_cap,
            variation: arguments.variation,
            now: arguments.now.unwrap_or_else(now),
        })?
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut names = Vec::new();
    for list in &lists {
        if let Some(folder) = &arguments.out {
            let file = folder.join(curate::free_file_name(&list.name, arguments.files.format.ending(), &mut names));
            curate::export(&engine, &arguments.files, &file, &list.name, &list.tracks)?;
        }
        if arguments.store.json {
            writeln!(out, "{}", shapes::personal_list(list))?;
            continue;
        }
        writeln!(out, "{} ({} tracks): {}", list.name, list.tracks.len(), list.description)?;
        for track in &list.tracks {
            writeln!(out, "  {}", words_of(&engine, track, false)?)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn map(arguments: &MapArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    if !arguments.last {
        let words = |now: &segue_engine::MakeProgress| format!("{} of {}", now.done, now.total);
        curate::watched_in(words, |watch| engine.make_map(watch))?;
    }
    let map = engine.map(&Audience::default())?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.store.json {
        serde_json::to_writer(&mut out, &shapes::map(&map)).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        show_map(&mut out, &map)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn extend(arguments: &ExtendArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let mut tracks = set_of(&engine, &arguments.set)?;
    let more = engine.extend(&tracks, arguments.count, arguments.variation, &Audience::default())?;
    if let Some(file) = &arguments.m3u {
        tracks.extend(song_ids(&more));
        write_m3u(&engine, file, "", &tracks)?;
    }
    answer(&engine, &arguments.store, &OutArguments { m3u: None, reason: false }, &more)
}

pub(crate) fn clean(arguments: &CleanArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let tracks = set_of(&engine, &arguments.set)?;
    let mut misfits = engine.misfits(&tracks, &Audience::default())?;
    misfits.retain(|misfit| misfit.deviations > arguments.beyond);
    if let Some(file) = &arguments.m3u {
        let belong = |song: &String| misfits.iter().all(|misfit| misfit.track.song_id != *song);
        write_m3u(&engine, file, "", &tracks.into_iter().filter(belong).collect::<Vec<_>>())?;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for misfit in &misfits {
        if arguments.store.json {
            writeln!(out, "{}", shapes::misfit(misfit))?;
        } else {
            writeln!(out, "{:>4.1} deviations  {}", misfit.deviations, words_of(&engine, &misfit.track, true)?)?;
        }
    }
    if misfits.is_empty() && !arguments.store.json {
        writeln!(out, "nothing that does not belong")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn order(arguments: &OrderArguments) -> anyhow::Result<ExitCode> {
    let engine = arguments.store.open()?;
    let tracks = set_of(&engine, &arguments.set)?;
    let ordered = engine.flow(&tracks, &Audience::default())?;
    let out = OutArguments { m3u: arguments.m3u.clone(), reason: false };
    answer(&engine, &arguments.store, &out, &ordered)
}

/// Shows tracks as the caller wants them, and writes them where wanted.
fn answer(
    engine: &Engine,
    store: &StoreArguments,
    how: &OutArguments,
    tracks: &[Neighbour],
) -> anyhow::Result<ExitCode> {
    if let Some(file) = &how.m3u {
        write_m3u(engine, file, "", &song_ids(tracks))?;
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for track in tracks {
        if store.json {
            writeln!(out, "{}", shapes::neighbour(track))?;
        } else {
            writeln!(out, "{}", words_of(engine, track, how.reason)?)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A track in one line: distance, tempo, key, title, artist and, if wanted, why it is there.
fn words_of(engine: &Engine, neighbour: &Neighbour, reason: bool) -> anyhow::Result<String> {
    let Some(track) = engine.track(&neighbour.song_id)? else {
        return Ok(format!("{:.3}  {}", neighbour.distance, neighbour.path.display()));
    };
    let tempo = if track.bpm > 0.0 { format!("{:.0}", track.bpm) } else { "-".to_owned() };
    let scale = track.scale.get(..3).unwrap_or_default();
    let key = format!("{} {scale}", track.key);
    let mut line = format!("{:.3}  {tempo:>3}  {:<6}  {}", neighbour.distance, key.trim(), named(&track));
    if reason && !neighbour.reason.is_empty() {
        line.push_str(&format!("  ({})", neighbour.reason));
    }
    Ok(line)
}

pub(crate) fn named(track: &Track) -> String {
    let artist = if track.tags.artist.is_empty() { &track.tags.album_artist } else { &track.tags.artist };
    if artist.is_empty() { shapes::title(track) } else { format!("{} - {artist}", shapes::title(track)) }
}

fn title_of(engine: &Engine, neighbour: &Neighbour) -> anyhow::Result<String> {
    Ok(match engine.track(&neighbour.song_id)? {
        Some(track) => shapes::title(&track),
        None => neighbour.path.display().to_string(),
    })
}

fn show_map(out: &mut impl Write, map: &Map) -> std::io::Result<()> {
    writeln!(out, "{} tracks in {} regions", map.points.len(), map.regions.len())?;
    for region in &map.regions {
        writeln!(out, "  {:>6.2} {:>6.2}  {:>6} tracks  {}", region.x, region.y, region.songs, region.name)?;
    }
    Ok(())
}

/// Content keys of tracks, each a track or a playlist file with many.
fn tracks_of(engine: &Engine, names: &[String]) -> anyhow::Result<Vec<String>> {
    let mut songs = Vec::new();
    for name in names {
        let file = Path::new(name);
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        if !(ending.is_some_and(|ending| LISTS.contains(&ending.as_str())) && file.is_file()) {
            songs.push(engine.find(name)?);
            continue;
        }
        let list = curate::read_list(engine, file, false)?;
        let found = songs.len();
        songs.extend(list.entries.iter().filter_map(|entry| entry.found.as_ref().map(|found| found.song_id.clone())));
        let (found, entries) = (songs.len() - found, list.entries.len());
        if found == 0 {
            bail!("none of the {entries} tracks of {name} is in the store");
        }
        if found < entries {
            eprintln!(
                "segue: {} of {entries} tracks of {name} are not in the store and were left out",
                entries - found
            );
        }
    }
    Ok(songs)
}

/// Content keys of a set.
fn set_of(engine: &Engine, set: &SetArguments) -> anyhow::Result<Vec<String>> {
    let mut songs = tracks_of(engine, &set.tracks)?;
    if let Some(key) = &set.key {
        let Some(list) = engine.kept_playlists()?.into_iter().find(|list| list.key == *key) else {
            bail!("there is no playlist with the key {key}; `segue playlists --last --json` says which there are");
        };
        songs.extend(song_ids(&list.tracks));
    }
    Ok(songs)
}

fn song_ids(tracks: &[Neighbour]) -> Vec<String> {
    tracks.iter().map(|track| track.song_id.clone()).collect()
}

pub(crate) fn write_m3u(engine: &Engine, file: &Path, title: &str, songs: &[String]) -> anyhow::Result<()> {
    curate::export_songs(engine, &FileArguments { format: FormatArgument::M3u8, relative: false }, file, title, songs)
}

fn tell_of(log: &play_log::PlayLog) {
    if log.unreadable > 0 {
        eprintln!("segue: {} lines could not be understood and were left out", log.unreadable);
    }
    if let Some(first) = log.unknown.first() {
        eprintln!("segue: {} tracks are not in the store and were left out, such as {first}", log.unknown.len());
    }
}

fn audience_of(listener: Option<&str>) -> Audience {
    Audience { listener: listener.map(listener_id).unwrap_or_default(), allowed: None }
}

/// Listeners go by 32 hexadecimal digits: a media server's id as it is, any other name by its FNV-1a hash.
fn listener_id(name: &str) -> String {
    let digits = name.trim().replace('-', "").to_ascii_lowercase();
    if digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return digits;
    }
    let hash = name.trim().bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    format!("{hash:032x}")
}

/// Seconds since 1970.
fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_a_servers_id_or_a_name_that_stays_the_same() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(listener_id(id), id);
        assert_eq!(listener_id("01234567-89AB-CDEF-0123-456789ABCDEF"), id);
        // The published test value of FNV-1a with 128 bits for "a".
        assert_eq!(listener_id("a"), "d228cb696f1a8caf78912b704e4a8964");
        assert_ne!(listener_id("shell"), listener_id("Shell"));
    }
}
