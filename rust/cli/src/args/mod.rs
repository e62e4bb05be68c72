//! What a person may type, and the engine options made of it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use segue_engine::{Backend, Engine, GroupBy, Level, Options, Precision};

pub(crate) mod curate;
pub(crate) mod hear;
pub(crate) mod models;
pub(crate) mod search;
pub(crate) mod soundtrack;

/// Listens to music and answers with music.
#[derive(Parser)]
#[command(name = "segue", version, about, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Say more about what is going on.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Listen to every track in some folders. What is known already is not heard again.
    Analyse(AnalyseArguments),
    /// Say what was heard, track by track.
    Tracks(TracksArguments),
    /// Say all that is heard of one file, without a store.
    Features(FeaturesArguments),
    /// The tracks nearest to one, or to each.
    Similar(hear::SimilarArguments),
    /// Music that a description in words fits, or that is called so.
    Search(search::SearchArguments),
    /// Artists whose songs are most like those of one.
    SimilarArtists(hear::SimilarSetsArguments),
    /// Albums whose songs are most like those of one.
    SimilarAlbums(hear::SimilarSetsArguments),
    /// A mix that starts from tracks, albums, artists, genres, folders, playlists, moods, words or a taste, or goes on from a
    /// queue.
    Mix(Box<hear::MixArguments>),
    /// A way from track to track in even steps.
    Path(hear::PathArguments),
    /// Like this, and not like that.
    Blend(hear::BlendArguments),
    /// The lists that a play log gives: daily mixes, forgotten favourites, what is new and near.
    Taste(hear::TasteArguments),
    /// The library as a plane on which what sounds alike lies together.
    Map(hear::MapArguments),
    /// Music for a film, a clip or pictures, from what is said of it, how it looks and how it sounds.
    Soundtrack(Box<soundtrack::SoundtrackArguments>),
    /// More tracks like those of a set.
    Extend(hear::ExtendArguments),
    /// What does not belong in a set.
    Clean(hear::CleanArguments),
    /// The tracks of a set in an order that flows.
    Order(hear::OrderArguments),
    /// Group the library by sound and remember which track belongs where.
    Cluster(Box<curate::ClusterArguments>),
    /// How many groups there are: a curve, and a suggestion.
    Elbow(curate::ElbowArguments),
    /// Playlists made of tracks that belong together.
    Playlists(Box<curate::PlaylistsArguments>),
    /// A playlist of what fits a description in numbers and words.
    Playlist(curate::PlaylistArguments),
    /// Pin, exclude or rename a playlist.
    Edit(curate::EditArguments),
    /// Find the tracks of a playlist file in the library.
    Import(curate::ImportArguments),
    /// Artists with five songs or more, and who sounds like them.
    Artists(curate::ArtistsArguments),
    /// Keep the key of a naming service, read from standard input.
    Key(curate::KeyArguments),
    /// Models that do not ship: see them, add them, remove them.
    Models(models::ModelsArguments),
    /// Files that hold the same recording: copies, other bitrates, other albums.
    Duplicates(StoreArguments),
    /// How far a store agrees with what other tools say of the same tracks.
    Eval(EvalArguments),
    /// How often a track's neighbours are of its own album, artist or folder, and whether some tracks are near to everybody.
    EvalNeighbours(EvalNeighboursArguments),
    /// The tracks that could not be analysed, and why.
    Failures(StoreArguments),
    /// Numbers about the store and its vectors.
    #[command(alias = "statistics")]
    Stats(StoreArguments),
}

/// The store, and how to answer.
#[derive(Args)]
pub(crate) struct StoreArguments {
    /// The database.
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl StoreArguments {
    /// Opens a store that is there: asking a question must not make an empty database of a mistyped name.
    pub(crate) fn open(&self) -> anyhow::Result<Engine> {
        if !self.store.is_file() {
            bail!("there is no store {}; `segue analyse DIR --store FILE` makes one", self.store.display());
        }
        let engine = Engine::open(Options { store: self.store.clone(), ..Options::default() })?;
        tell_notice(&engine)?;
        Ok(engine)
    }
}

/// Says what a person should know of how the store was opened.
pub(crate) fn tell_notice(engine: &Engine) -> anyhow::Result<()> {
    let notice = engine.statistics()?.notice;
    if !notice.is_empty() {
        eprintln!("segue: {notice}");
    }
    Ok(())
}

#[derive(Args)]
pub(crate) struct AnalyseArguments {
    /// Folders with music, or single files.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) roots: Vec<PathBuf>,
    /// The database; made when missing.
    #[arg(long, value_name = "FILE", required_unless_present = "decode_only")]
    pub(crate) store: Option<PathBuf>,
    /// Tracks analysed at the same time. 0: half the cores.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) threads: usize,
    /// For a small box: one thread at the lowest priority, few patches.
    #[arg(long, conflicts_with_all = ["threads", "patches"])]
    pub(crate) gentle: bool,
    /// Hear the N albums only whose files were modified last; the rest waits for the next time. 0: all.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) recent_albums: usize,
    #[command(flatten)]
    pub(crate) listening: ListeningArguments,
    /// Try tracks again that failed before.
    #[arg(long)]
    pub(crate) retry_failed: bool,
    /// Exit with 3 when a track could not be analysed.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print a summary in JSON at the end.
    #[arg(long)]
    pub(crate) json: bool,
    /// Only decode, and say how fast: what analysis is measured against.
    #[arg(long, hide = true)]
    pub(crate) decode_only: bool,
}

/// How it listens.
#[derive(Args)]
pub(crate) struct ListeningArguments {
    /// Patches of 3 s given to each network per track, or `all`. Without it, as many as the answers need.
    #[arg(long, value_name = "N", value_parser = parse_patches)]
    pub(crate) patches: Option<usize>,
    /// At which level the networks hear a track. What `tracks` and `eval` say is as it is in the file in either case.
    #[arg(long, value_enum, default_value_t = LevelArgument::Both)]
    pub(crate) level: LevelArgument,
    /// What runs the networks.
    #[arg(long, value_enum, default_value_t = BackendArgument::Auto)]
    pub(crate) backend: BackendArgument,
    /// Which variant of the networks runs.
    #[arg(long, value_enum, default_value_t = PrecisionArgument::Int8)]
    pub(crate) precision: PrecisionArgument,
    /// The folder with `models.toml`.
    #[arg(long, value_name = "DIR", env = "SEGUE_MODELS")]
    pub(crate) models: Option<PathBuf>,
    /// The ONNX Runtime library.
    #[arg(long, value_name = "FILE")]
    pub(crate) onnxruntime: Option<PathBuf>,
    /// The ffmpeg for formats that Segue does not decode itself. Without it, the one on PATH.
    #[arg(long, value_name = "FILE")]
    pub(crate) ffmpeg: Option<PathBuf>,
    /// Most seconds spent on reading and decoding one track.
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    pub(crate) time_limit: u64,
}

impl ListeningArguments {
    /// The engine's options but for the store, with paths made absolute so that it does not depend on where the shell stood.
    pub(crate) fn options(&self) -> anyhow::Result<Options> {
        Ok(Options {
            models: self.models.as_deref().map(absolute).transpose()?,
            onnxruntime: self.onnxruntime.as_deref().map(absolute).transpose()?,
            ffmpeg: match &self.ffmpeg {
                Some(ffmpeg) => Some(absolute(ffmpeg)?),
                None => find_on_path("ffmpeg"),
            },
            backend: self.backend.into(),
            precision: self.precision.into(),
            patches: self.patches,
            level: self.level.into(),
            time_limit: Some(Duration::from_secs(self.time_limit.max(1))),
            ..Options::default()
        })
    }
}

impl AnalyseArguments {
    /// The engine's options.
    pub(crate) fn options(&self) -> anyhow::Result<Options> {
        Ok(Options {
            store: self.store.clone().unwrap_or_default(),
            threads: self.threads,
            gentle: self.gentle,
            recent_albums: self.recent_albums,
            ..self.listening.options()?
        })
    }

    pub(crate) fn absolute_roots(&self) -> anyhow::Result<Vec<PathBuf>> {
        self.roots.iter().map(|root| absolute(root)).collect()
    }
}

pub(crate) fn absolute(path: &std::path::Path) -> anyhow::Result<PathBuf> {
    path.canonicalize().with_context(|| format!("cannot find {}", path.display()))
}

pub(crate) fn find_on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// 0 stands for all patches, as in the engine.
fn parse_patches(text: &str) -> Result<usize, String> {
    if text == "all" {
        return Ok(0);
    }
    match text.parse() {
        Ok(count) if (1..=256).contains(&count) => Ok(count),
        _ => Err("a number from 1 to 256, or `all`".to_owned()),
    }
}

#[derive(Args)]
pub(crate) struct TracksArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Add the stored vectors (with --json).
    #[arg(long, requires = "json")]
    pub(crate) vectors: bool,
    /// Add the networks' vectors patch by patch (with --json).
    #[arg(long, requires = "json")]
    pub(crate) patches: bool,
}

#[derive(Args)]
pub(crate) struct FeaturesArguments {
    /// An audio file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Answer in JSON: the numbers by name, the vector's values by theirs, beats, beginning and end.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) listening: ListeningArguments,
}

#[derive(Args)]
pub(crate) struct EvalArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// What the others say, in JSON: `tracks`, each with `file` (the end of its path) and any of `bpm`, `bpm_confidence`, `key`,
    /// `scale`, `key_strength`, `danceability`, `msd_tags`, `msd_dense`, `mtt_tags`, `mtt_dense`.
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: PathBuf,
}

#[derive(Args)]
pub(crate) struct EvalNeighboursArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// What belongs together.
    #[arg(long, value_enum, default_value_t = GroupByArgument::Album, value_name = "WHAT")]
    pub(crate) group_by: GroupByArgument,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum GroupByArgument {
    /// Tracks of one album, by its title and album artist.
    Album,
    /// Tracks of one performing artist.
    Artist,
    /// Files in one folder.
    Folder,
}

impl From<GroupByArgument> for GroupBy {
    fn from(argument: GroupByArgument) -> Self {
        match argument {
            GroupByArgument::Album => Self::Album,
            GroupByArgument::Artist => Self::Artist,
            GroupByArgument::Folder => Self::Folder,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LevelArgument {
    /// As it is in the file, and some of it again with all tracks equally loud: neighbours go by the latter.
    Both,
    /// As it is in the file.
    AsIs,
}

impl From<LevelArgument> for Level {
    fn from(argument: LevelArgument) -> Self {
        match argument {
            LevelArgument::Both => Self::Both,
            LevelArgument::AsIs => Self::AsIs,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum BackendArgument {
    /// ONNX Runtime where it can be loaded, else rten.
    Auto,
    /// ONNX Runtime or nothing.
    Onnxruntime,
    /// Pure Rust.
    Rten,
}

impl From<BackendArgument> for Backend {
    fn from(argument: BackendArgument) -> Self {
        match argument {
            BackendArgument::Auto => Self::Auto,
            BackendArgument::Onnxruntime => Self::OnnxRuntime,
            BackendArgument::Rten => Self::Rten,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PrecisionArgument {
    /// int8 weights on the two wide convolutions.
    Int8,
    /// The reference.
    F32,
}

impl From<PrecisionArgument> for Precision {
    fn from(argument: PrecisionArgument) -> Self {
        match argument {
            PrecisionArgument::Int8 => Self::Int8,
            PrecisionArgument::F32 => Self::F32,
        }
    }
}
