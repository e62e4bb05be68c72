//! The JSON that scripts rely on. A field may be added; none is renamed, removed or given another meaning.

use std::path::Path;

use segue_engine::{
    AnalysisSummary, ArtistProfile, ClusterReport, CollectionModel, CollectionStatistics, DataQuality, DuplicateFile,
    Duplicates, Elbow, ElbowPoint, Import, ImportEntry, MapPoint, MapRegion, Misfit, Neighbour, PersonalKind,
    PersonalList, Playlist, RunReport, SearchAnswer, SearchHit, SimilarSet, Statistics, Track, Understood,
};
use serde_json::{Map, Value, json};

/// A track as one line of `segue tracks --json`. What a track has not (silence has no tempo) is `null`.
pub(crate) fn track(track: &Track) -> Map<String, Value> {
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
    put("path", text(&track.path));
    put("title", json!(title(track)));
    put("artist", json!(track.tags.artist));
    put("album", json!(track.tags.album));
    put("duration_s", json!(track.duration_s));
    put("bpm", positive(track.bpm));
    put("bpm_confidence", json!(track.bpm_confidence));
    put("tempo_stability", json!(track.tempo_stability));
    put("key", worded(&track.key));
    put("scale", worded(&track.scale));
    put("key_strength", json!(track.key_strength));
    put("camelot", worded(&track.camelot));
    put("open_key", worded(&track.open_key));
    put("second_key", worded(&track.second_key));
    put("second_scale", worded(&track.second_scale));
    put("second_key_strength", json!(track.second_key_strength));
    put("tuning_cents", json!(track.tuning_cents));
    put("loudness_lufs", json!(track.loudness_lufs));
    put("loudness_range_lu", json!(track.loudness_range_lu));
    put("true_peak_dbtp", json!(track.true_peak_dbtp));
    put("replay_gain_db", json!(track.replay_gain_db));
    put("danceability", json!(track.danceability));
    put("energy", json!(track.energy));
    put("brightness", json!(track.brightness));
    let moods = track.moods.iter().map(|(name, value)| (name.clone(), json!(value)));
    put("moods", Value::Object(moods.collect()));
    let tags = track.tags_by_network.iter().map(|network| {
        let tags: Map<String, Value> = network.tags.iter().map(|(name, p)| (name.clone(), json!(p))).collect();
        (network.network.clone(), Value::Object(tags))
    });
    put("tags", Value::Object(tags.collect()));
    put("song_id", json!(track.song_id));
    put("album_artist", json!(track.tags.album_artist));
    put("track", json!(track.tags.track));
    put("year", json!(track.tags.year));
    put("codec", json!(track.codec));
    put("sample_rate", json!(track.sample_rate));
    put("channels", json!(track.channels));
    put("damage", json!(track.damage));
    line
}

/// One line of `segue similar --json`.
pub(crate) fn similar(path: &Path, neighbours: &[Neighbour]) -> Value {
    json!({ "path": text(path), "similar": neighbours.iter().map(neighbour).collect::<Vec<_>>() })
}

/// A neighbour, or a track of a mix.
pub(crate) fn neighbour(neighbour: &Neighbour) -> Value {
    json!({
        "path": text(&neighbour.path),
        "distance": neighbour.distance,
        "song_id": neighbour.song_id,
        "reason": worded(&neighbour.reason),
    })
}

/// `segue path --json`.
pub(crate) fn path(path: &segue_engine::Path) -> Value {
    json!({
        "tracks": path.tracks.iter().map(neighbour).collect::<Vec<_>>(),
        "largest_step": path.largest_step,
        "jumps": path.jumps,
    })
}

/// One line of `segue similar-artists --json` and of `segue similar-albums --json`.
pub(crate) fn similar_set(set: &SimilarSet) -> Value {
    json!({
        "name": set.name,
        "artist": worded(&set.artist),
        "distance": set.distance,
        "songs": set.songs,
        "example": neighbour(&set.example),
    })
}

/// One line of `segue clean --json`.
pub(crate) fn misfit(misfit: &Misfit) -> Value {
    let mut line = neighbour(&misfit.track);
    if let Value::Object(line) = &mut line {
        line.insert("deviations".to_owned(), json!(misfit.deviations));
    }
    line
}

/// One line of `segue taste --json`.
pub(crate) fn personal_list(list: &PersonalList) -> Value {
    let kind = match list.kind {
        PersonalKind::DailyMix => "daily-mix",
        PersonalKind::MoreLikeThis => "more-like-this",
        PersonalKind::Forgotten => "forgotten",
        PersonalKind::OnRepeat => "on-repeat",
        PersonalKind::NewForYou => "new-for-you",
        PersonalKind::Discover => "discover",
    };
    json!({
        "key": list.key,
        "kind": kind,
        "slot": list.slot,
        "name": list.name,
        "description": list.description,
        "tracks": list.tracks.iter().map(neighbour).collect::<Vec<_>>(),
    })
}

/// `segue map --json`.
pub(crate) fn map(map: &segue_engine::Map) -> Value {
    let region =
        |region: &MapRegion| json!({ "name": region.name, "x": region.x, "y": region.y, "songs": region.songs });
    let point = |point: &MapPoint| {
        let region = (point.region >= 0).then_some(point.region);
        json!({ "song_id": point.song_id, "x": point.x, "y": point.y, "region": region })
    };
    json!({
        "regions": map.regions.iter().map(region).collect::<Vec<_>>(),
        "points": map.points.iter().map(point).collect::<Vec<_>>(),
    })
}

/// One line of `segue playlists --json`, and all of `segue playlist --json`.
pub(crate) fn playlist(playlist: &Playlist) -> Value {
    json!({
        "key": playlist.key,
        "kind": playlist.kind.name(),
        "name": playlist.name,
        "named_by": playlist.named_by.name(),
        "description": playlist.description,
        "words": playlist.words,
        "pinned": playlist.pinned,
        "excluded": playlist.excluded,
        "faded": playlist.faded,
        "definition": worded(&playlist.definition),
        "tracks": playlist.tracks.iter().map(neighbour).collect::<Vec<_>>(),
    })
}

/// `segue cluster --quality --json`.
pub(crate) fn quality(quality: &DataQuality) -> Value {
    json!({
        "tracks": quality.tracks,
        "taking_part": quality.taking_part,
        "missing": quality.missing,
        "not_finite": quality.not_finite,
        "outlying": quality.outlying,
        "dimensions": quality.dimensions,
        "constant": quality.constant,
        "kept_dimensions": quality.kept_dimensions,
    })
}

/// `segue cluster --json`.
pub(crate) fn clusters(report: &ClusterReport) -> Value {
    json!({
        "quality": quality(&report.quality),
        "algorithm": report.algorithm.name(),
        "parameters": report.parameters,
        "runs": report.runs,
        "sampled": report.sampled,
        "clusters": report.clusters,
        "noise": report.noise,
        "fitness": report.fitness,
        "parts": report.parts.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>(),
        "silhouette": report.silhouette,
        "seconds": report.seconds,
    })
}

/// `segue elbow --json`.
pub(crate) fn elbow(elbow: &Elbow) -> Value {
    let point = |point: &ElbowPoint| json!({ "k": point.k, "inertia": point.inertia, "silhouette": point.silhouette });
    json!({ "curve": elbow.curve.iter().map(point).collect::<Vec<_>>(), "suggested": elbow.suggested })
}

/// One line of `segue playlists --reports --json`.
pub(crate) fn report(report: &RunReport) -> Value {
    json!({
        "run": report.run,
        "began_at": report.began_at,
        "finished_at": report.finished_at,
        "clusters": clusters(&report.clusters),
        "playlists": report.playlists,
        "tracks": report.tracks,
        "new": report.new,
        "continued": report.continued,
        "fading": report.fading,
        "gone": report.gone,
        "tracks_added": report.tracks_added,
        "tracks_removed": report.tracks_removed,
        "service_names": report.service_names,
        "notes": report.notes,
    })
}

/// `segue import --json`.
pub(crate) fn import(import: &Import) -> Value {
    let entry = |entry: &ImportEntry| {
        json!({
            "title": entry.title,
            "artist": entry.artist,
            "album": entry.album,
            "path": entry.found.as_ref().map(|found| text(&found.path)),
            "song_id": entry.found.as_ref().map(|found| found.song_id.clone()),
            "score": entry.score,
            "how": worded(&entry.how),
        })
    };
    json!({
        "title": import.title,
        "entries": import.entries.iter().map(entry).collect::<Vec<_>>(),
        "missing": import.entries.iter().filter(|entry| entry.found.is_none()).count(),
        "filled": import.filled.iter().map(neighbour).collect::<Vec<_>>(),
        "unreadable": import.unreadable,
    })
}

/// One line of `segue artists --json`.
pub(crate) fn artist(artist: &ArtistProfile, vectors: bool) -> Value {
    let similar = |(name, cosine): &(String, f32)| json!({ "artist": name, "cosine": cosine });
    let mut line = Map::new();
    line.insert("artist".to_owned(), json!(artist.artist));
    line.insert("songs".to_owned(), json!(artist.songs));
    line.insert("similar".to_owned(), artist.similar.iter().map(similar).collect());
    if vectors {
        line.insert("vector".to_owned(), json!(artist.vector));
    }
    Value::Object(line)
}

/// One line of `segue duplicates --json`.
pub(crate) fn duplicates(group: &Duplicates) -> Value {
    let file = |file: &DuplicateFile| {
        json!({
            "path": text(&file.path),
            "song_id": file.song_id,
            "duration_s": file.duration_s,
            "codec": file.codec,
            "size": file.size,
        })
    };
    json!({ "similarity": group.similarity, "files": group.files.iter().map(file).collect::<Vec<_>>() })
}

/// The summary of `segue analyse --json`.
pub(crate) fn summary(summary: &AnalysisSummary, known: u64, backend: &str) -> Value {
    json!({
        "total": summary.total,
        "analysed": summary.analysed,
        "recognised": summary.recognised,
        "known": known,
        "failed": summary.failed,
        "decoded": summary.decoded,
        "left": summary.left,
        "cancelled": summary.cancelled,
        "audio_seconds": summary.audio_seconds,
        "elapsed_seconds": summary.elapsed_seconds,
        "worker_seconds": summary.worker_seconds.iter().map(|(part, spent)| (part.clone(), json!(spent))).collect::<Map<_, _>>(),
        "realtime_factor": ratio(summary.audio_seconds, summary.elapsed_seconds),
        "backend": backend,
        "peak_rss_bytes": peak_rss_bytes(),
    })
}

/// `segue search --json`.
pub(crate) fn search(answer: &SearchAnswer) -> Value {
    let piece = |piece: &Understood| json!({ "label": piece.label, "words": piece.words, "negated": piece.negated });
    let hit = |hit: &SearchHit| {
        let mut shape = neighbour(&hit.track);
        shape["score"] = json!(hit.score);
        shape["named"] = json!(hit.named);
        shape
    };
    json!({
        "understood": answer.understood.iter().map(piece).collect::<Vec<_>>(),
        "left": answer.left,
        "described": answer.described,
        "by_sound": answer.by_sound,
        "hits": answer.hits.iter().map(hit).collect::<Vec<_>>(),
    })
}

/// The collection of vectors, in the shape that vector databases tell.
pub(crate) fn collection(collection: &CollectionStatistics) -> Value {
    let model = |model: &CollectionModel| {
        json!({
            "name": model.name,
            "dimensions": model.dimensions,
            "vectors_count": model.vectors_count,
            "version": worded(&model.version),
            "current": model.current,
        })
    };
    json!({
        "collection_name": collection.collection_name,
        "vectors_count": collection.vectors_count,
        "points_count": collection.points_count,
        "status": collection.status,
        "models": collection.models.iter().map(model).collect::<Vec<_>>(),
    })
}

/// `segue stats --json`.
pub(crate) fn statistics(statistics: &Statistics, vectors: &CollectionStatistics) -> Value {
    json!({
        "files": statistics.files,
        "items": statistics.items,
        "songs": statistics.songs,
        "pending": statistics.pending,
        "failures": statistics.failures,
        "audio_seconds": statistics.audio_seconds,
        "database_bytes": statistics.database_bytes,
        "collection": collection(vectors),
    })
}

/// The title, or the file's name where nobody gave it one.
pub(crate) fn title(track: &Track) -> String {
    if track.tags.title.is_empty() {
        track.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    } else {
        track.tags.title.clone()
    }
}

/// `a / b`, or 0 where there is no `b`.
pub(crate) fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { 0.0 }
}

/// The most memory this process has held, where the system tells (Linux).
pub(crate) fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

fn text(path: &Path) -> Value {
    json!(path.to_string_lossy())
}

fn positive(value: f32) -> Value {
    if value > 0.0 { json!(value) } else { Value::Null }
}

fn worded(value: &str) -> Value {
    if value.is_empty() { Value::Null } else { json!(value) }
}
