//! What may be typed to ask for music that sounds right: neighbours, mixes, paths, blends, taste, sets, the map.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use segue_engine::{PersonalKind, Seed, SeedKind};

use super::StoreArguments;
use super::curate::FileArguments;

#[derive(Args)]
pub(crate) struct SimilarArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// A path, a file name, a title, or a content key.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) track: Option<String>,
    /// Every track in turn.
    #[arg(long)]
    pub(crate) all: bool,
    /// Neighbours per track.
    #[arg(short = 'k', default_value_t = 10, value_name = "N")]
    pub(crate) count: usize,
    /// Also write the track and its neighbours as an m3u playlist.
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    pub(crate) m3u: Option<PathBuf>,
}

/// What something is made of. Each may be given several times.
#[derive(Args)]
pub(crate) struct SeedArguments {
    /// Tracks (paths, file names, titles or content keys), or playlist files.
    #[arg(long, num_args = 1.., value_name = "TRACK")]
    pub(crate) seed: Vec<String>,
    /// An album; `ARTIST/ALBUM` where several have that title.
    #[arg(long, value_name = "ALBUM")]
    pub(crate) album: Vec<String>,
    /// An artist.
    #[arg(long, value_name = "ARTIST")]
    pub(crate) artist: Vec<String>,
    /// A genre.
    #[arg(long, value_name = "GENRE")]
    pub(crate) genre: Vec<String>,
    /// All tracks below a folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Vec<String>,
    /// A playlist that Segue keeps, by its key.
    #[arg(long, value_name = "KEY")]
    pub(crate) playlist: Vec<String>,
    /// A mood or tag of the networks, such as `happy` or `piano`.
    #[arg(long, value_name = "MOOD")]
    pub(crate) mood: Vec<String>,
    /// A description in words, such as \"calm piano, no vocals\", see `segue search`.
    #[arg(long, value_name = "TEXT")]
    pub(crate) words: Vec<String>,
    /// What a listener likes, see `segue taste`. Their dislikes and skips are heeded as well.
    #[arg(long, value_name = "LISTENER")]
    pub(crate) taste: Option<String>,
}

impl SeedArguments {
    /// All but the tracks.
    pub(crate) fn sets(&self) -> Vec<Seed> {
        let named = |kind, names: &[String]| {
            names.iter().map(move |name| Seed { kind, name: name.clone(), weight: 1.0 }).collect::<Vec<_>>()
        };
        let mut seeds = named(SeedKind::Album, &self.album);
        seeds.extend(named(SeedKind::Artist, &self.artist));
        seeds.extend(named(SeedKind::Genre, &self.genre));
        seeds.extend(named(SeedKind::Folder, &self.folder));
        seeds.extend(named(SeedKind::Playlist, &self.playlist));
        seeds.extend(named(SeedKind::Mood, &self.mood));
        seeds.extend(named(SeedKind::Words, &self.words));
        seeds.extend(self.taste.iter().map(|_| Seed { kind: SeedKind::Taste, name: String::new(), weight: 1.0 }));
        seeds
    }
}

/// How tracks are shown and written.
#[derive(Args)]
pub(crate) struct OutArguments {
    /// Also write them as an m3u playlist.
    #[arg(long, value_name = "FILE")]
    pub(crate) m3u: Option<PathBuf>,
    /// Say of each track why it is there (with --json always).
    #[arg(long)]
    pub(crate) reason: bool,
}

#[derive(Args)]
#[command(group(ArgGroup::new("source").required(true).multiple(true)
    .args(["seed", "album", "artist", "genre", "folder", "playlist", "mood", "words", "taste", "after"])))]
pub(crate) struct MixArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) seeds: SeedArguments,
    /// What was played before, the last one last: a playlist file, or tracks. The mix goes on from there without repeating it.
    #[arg(long, num_args = 1.., value_name = "FILE.m3u|TRACK")]
    pub(crate) after: Vec<String>,
    /// Tracks in the mix.
    #[arg(short = 'n', long, default_value_t = 25, value_name = "N")]
    pub(crate) length: usize,
    /// Most tracks of one artist within the window; relaxed only where the neighbourhood is too small for the mix.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub(crate) artist_cap: usize,
    /// Most tracks of one album within the window; 0: as many as of one artist.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) album_cap: usize,
    /// Tracks in a row among which the two limits hold.
    #[arg(long, default_value_t = 25, value_name = "N")]
    pub(crate) window: usize,
    /// Another number, another mix of the same kind.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) variation: u64,
    #[command(flatten)]
    pub(crate) out: OutArguments,
}

#[derive(Args)]
pub(crate) struct PathArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Where it begins, what it passes, and where it ends.
    #[arg(required = true, num_args = 2.., value_name = "TRACK")]
    pub(crate) waypoints: Vec<String>,
    /// Tracks on the way, those named included.
    #[arg(short = 'n', long, default_value_t = 10, value_name = "N")]
    pub(crate) length: usize,
    #[command(flatten)]
    pub(crate) out: OutArguments,
}

#[derive(Args)]
pub(crate) struct BlendArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// What it should be like: KIND is track, album, artist, genre, folder, playlist, mood, words or taste; without it a track.
    #[arg(long, required = true, num_args = 1.., value_name = "KIND:NAME[*WEIGHT]", value_parser = parse_seed)]
    pub(crate) add: Vec<Seed>,
    /// What it should not be like.
    #[arg(long, num_args = 1.., value_name = "KIND:NAME[*WEIGHT]", value_parser = parse_seed)]
    pub(crate) subtract: Vec<Seed>,
    /// Compare music without words by CLAP too, where it has been added.
    #[arg(long)]
    pub(crate) by_sound: bool,
    /// Tracks wanted.
    #[arg(short = 'n', long, default_value_t = 25, value_name = "N")]
    pub(crate) length: usize,
    /// How adventurous, 0 to 10: 0 takes the nearest.
    #[arg(long, default_value_t = 0.0, value_name = "DEGREE", value_parser = parse_temperature)]
    pub(crate) temperature: f32,
    /// Another number, another draw.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) variation: u64,
    /// Most tracks of one artist.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub(crate) artist_cap: usize,
    #[command(flatten)]
    pub(crate) out: OutArguments,
}

#[derive(Args)]
pub(crate) struct SimilarSetsArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Which one; of albums also `ARTIST/ALBUM`.
    pub(crate) name: String,
    /// How many.
    #[arg(short = 'k', default_value_t = 10, value_name = "N")]
    pub(crate) count: usize,
}

#[derive(Args)]
pub(crate) struct TasteArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// What was played: JSON lines or CSV with `track`, `at`, `played_s`, `skipped` and, if wanted, `favourite`. It takes the
    /// place of all that is known of the listener.
    #[arg(required_unless_present_any = ["last", "known", "forget"], conflicts_with_all = ["last", "known", "forget"])]
    pub(crate) log: Option<PathBuf>,
    /// Make the lists from the log that was given before.
    #[arg(long, conflicts_with_all = ["last", "forget"])]
    pub(crate) known: bool,
    /// Show the lists as they were made last, and make none.
    #[arg(long, conflicts_with = "forget")]
    pub(crate) last: bool,
    /// Forget all that is known of the listener.
    #[arg(long)]
    pub(crate) forget: bool,
    /// Whose taste it is: any name.
    #[arg(long, default_value = "shell", value_name = "LISTENER")]
    pub(crate) listener: String,
    /// Only lists of these kinds.
    #[arg(long, value_enum, num_args = 1.., value_name = "KIND")]
    pub(crate) kind: Vec<PersonalKindArgument>,
    /// Daily mixes, at most.
    #[arg(long, default_value_t = 6, value_name = "N")]
    pub(crate) daily_mixes: usize,
    /// Tracks in each list.
    #[arg(short = 'n', long, default_value_t = 50, value_name = "N")]
    pub(crate) length: usize,
    /// Most tracks of one artist in a list.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub(crate) artist_cap: usize,
    /// Another number, another draw.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) variation: u64,
    /// Make them as if it were this time, seconds since 1970. Without it, now.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) now: Option<i64>,
    /// Also write each list as a file into this folder.
    #[arg(long, visible_alias = "m3u", value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: FileArguments,
}

#[derive(Args)]
pub(crate) struct MapArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Show the map as it was made last, with what is new put beside its neighbours.
    #[arg(long)]
    pub(crate) last: bool,
}

/// A set of tracks.
#[derive(Args)]
#[command(group(ArgGroup::new("set").required(true).multiple(true).args(["tracks", "key"])))]
pub(crate) struct SetArguments {
    /// A playlist file, or tracks.
    #[arg(num_args = 1.., value_name = "FILE.m3u|TRACK")]
    pub(crate) tracks: Vec<String>,
    /// A playlist that Segue keeps.
    #[arg(long = "playlist", value_name = "KEY")]
    pub(crate) key: Option<String>,
}

#[derive(Args)]
pub(crate) struct ExtendArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) set: SetArguments,
    /// Tracks to add.
    #[arg(short = 'n', default_value_t = 10, value_name = "N")]
    pub(crate) count: usize,
    /// Another number, another choice of the same kind.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) variation: u64,
    /// Also write all, the new ones last, as an m3u playlist; the file may be the one that was read.
    #[arg(long, value_name = "FILE")]
    pub(crate) m3u: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct CleanArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) set: SetArguments,
    /// How far out a track lies that does not belong: deviations of the set's distances from its middle.
    #[arg(long, default_value_t = 2.5, value_name = "DEVIATIONS")]
    pub(crate) beyond: f32,
    /// Also write what belongs together as an m3u playlist; the file may be the one that was read.
    #[arg(long, value_name = "FILE")]
    pub(crate) m3u: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct OrderArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) set: SetArguments,
    /// Also write them in that order as an m3u playlist; the file may be the one that was read.
    #[arg(long, value_name = "FILE")]
    pub(crate) m3u: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PersonalKindArgument {
    /// One for each centre of the taste.
    DailyMix,
    /// Near what is played most.
    MoreLikeThis,
    /// Loved once, not heard for long.
    Forgotten,
    /// Played much lately.
    OnRepeat,
    /// Never played, near the taste.
    NewForYou,
    /// Never played, some way off.
    Discover,
}

impl From<PersonalKindArgument> for PersonalKind {
    fn from(argument: PersonalKindArgument) -> Self {
        match argument {
            PersonalKindArgument::DailyMix => Self::DailyMix,
            PersonalKindArgument::MoreLikeThis => Self::MoreLikeThis,
            PersonalKindArgument::Forgotten => Self::Forgotten,
            PersonalKindArgument::OnRepeat => Self::OnRepeat,
            PersonalKindArgument::NewForYou => Self::NewForYou,
            PersonalKindArgument::Discover => Self::Discover,
        }
    }
}

/// `artist:Nina Simone*0.5`; what names no kind is a track, so that a path with a colon is one.
fn parse_seed(text: &str) -> Result<Seed, String> {
    let (rest, weight) = match text.rsplit_once('*').map(|(rest, weight)| (rest, weight.trim().parse::<f32>())) {
        Some((_, Ok(weight))) if !(weight > 0.0 && weight.is_finite()) => {
            return Err("a weight is a positive number".to_owned());
        }
        Some((rest, Ok(weight))) => (rest, weight),
        _ => (text, 1.0),
    };
    let kind = |word: &str| {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "track" => SeedKind::Track,
            "album" => SeedKind::Album,
            "artist" => SeedKind::Artist,
            "genre" => SeedKind::Genre,
            "folder" => SeedKind::Folder,
            "playlist" => SeedKind::Playlist,
            "mood" => SeedKind::Mood,
            "words" => SeedKind::Words,
            "taste" => SeedKind::Taste,
            _ => return None,
        })
    };
    let (kind, name) = match rest.split_once(':').map(|(word, name)| (kind(word), name)) {
        Some((Some(kind), name)) => (kind, name),
        _ => (SeedKind::Track, rest),
    };
    let name = name.trim().to_owned();
    if name.is_empty() { Err("what it names is missing".to_owned()) } else { Ok(Seed { kind, name, weight }) }
}

fn parse_temperature(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(degree) if (0.0..=10.0).contains(&degree) => Ok(degree),
        _ => Err("a number from 0 to 10".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ingredients_have_a_kind_a_name_and_a_weight() {
        let seed = |kind, name: &str, weight| Ok(Seed { kind, name: name.to_owned(), weight });
        assert_eq!(parse_seed("artist:Nina Simone*0.5"), seed(SeedKind::Artist, "Nina Simone", 0.5));
        assert_eq!(parse_seed("Mood: calm"), seed(SeedKind::Mood, "calm", 1.0));
        assert_eq!(parse_seed("words:calm piano, no vocals*2"), seed(SeedKind::Words, "calm piano, no vocals", 2.0));
        assert_eq!(parse_seed("album:Nina/Pastel Blues"), seed(SeedKind::Album, "Nina/Pastel Blues", 1.0));
        // Colons and stars of names stay in them.
        assert_eq!(parse_seed("C:\\music\\a.mp3"), seed(SeedKind::Track, "C:\\music\\a.mp3", 1.0));
        assert_eq!(parse_seed("track:M*A*S*H: Theme"), seed(SeedKind::Track, "M*A*S*H: Theme", 1.0));
        assert_eq!(parse_seed("M*A*S*H*2"), seed(SeedKind::Track, "M*A*S*H", 2.0));
        for wrong in ["", "artist:", "artist: *2", "artist:Nina*0", "artist:Nina*-1", "artist:Nina*NaN"] {
            assert!(parse_seed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_temperature_lies_between_nothing_and_ten() {
        assert_eq!(parse_temperature("2.5"), Ok(2.5));
        assert!(["-1", "11", "NaN", "warm"].iter().all(|wrong| parse_temperature(wrong).is_err()));
    }
}
