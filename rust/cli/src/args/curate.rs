//! What may be typed to group the library and to make, define, import and export playlists.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use segue_engine::{
    Algorithm, ClusterRequest, Covariance, FitnessWeights, GroupWeights, InputSpace, Linkage, ListFormat,
    NamingProvider, NamingService, PlaylistRequest, Scaling,
};

use super::StoreArguments;

/// How the library is grouped. The ranges are those that the search draws from.
#[derive(Args)]
pub(crate) struct GroupingArguments {
    /// The algorithm.
    #[arg(long, value_enum, default_value_t = AlgorithmArgument::Kmeans)]
    pub(crate) algorithm: AlgorithmArgument,
    /// What tracks are grouped by.
    #[arg(long, value_enum, default_value_t = SpaceArgument::Embeddings)]
    pub(crate) space: SpaceArgument,
    /// Runs of the search; 1: no search.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) runs: usize,
    /// Runs without improvement after which the search ends; 0: never.
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(crate) patience: usize,
    /// Tracks that the search looks at, at most. All are assigned in the end.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub(crate) sample: usize,
    /// Groups of k-means and of the coarse cut of a hierarchy.
    #[arg(long, default_value = "20..60", value_name = "FROM..TO", value_parser = parse_range::<usize>)]
    pub(crate) clusters: RangeInclusive<usize>,
    /// DBSCAN: how near neighbours lie, in units of the median distance of two tracks.
    #[arg(long, default_value = "0.1..0.5", value_name = "FROM..TO", value_parser = parse_range::<f64>)]
    pub(crate) eps: RangeInclusive<f64>,
    /// DBSCAN: neighbours that make a core.
    #[arg(long, default_value = "5..20", value_name = "FROM..TO", value_parser = parse_range::<usize>)]
    pub(crate) min_samples: RangeInclusive<usize>,
    /// Components of a mixture.
    #[arg(long, default_value = "20..60", value_name = "FROM..TO", value_parser = parse_range::<usize>)]
    pub(crate) components: RangeInclusive<usize>,
    /// Shape of a mixture's components.
    #[arg(long, value_enum, default_value_t = CovarianceArgument::Full)]
    pub(crate) covariance: CovarianceArgument,
    /// What joins the groups of a hierarchy.
    #[arg(long, value_enum, default_value_t = LinkageArgument::Ward)]
    pub(crate) linkage: LinkageArgument,
    /// Principal components that a run keeps; 0 keeps all.
    #[arg(long, default_value = "0..5", value_name = "FROM..TO", value_parser = parse_range::<usize>)]
    pub(crate) pca: RangeInclusive<usize>,
    /// Keep to these ranges, also where the library's size suggests others.
    #[arg(long)]
    pub(crate) strict_ranges: bool,
    /// How the features of `--space features` are brought to one scale.
    #[arg(long, value_enum, default_value_t = ScalingArgument::MinMax)]
    pub(crate) scaling: ScalingArgument,
    /// Share of the features' variance that principal components keep; 1: all, without them.
    #[arg(long, default_value_t = 0.93, value_name = "SHARE")]
    pub(crate) variance: f64,
    /// How the feature groups count: VGGish, MFCCs, spectral, rhythmic.
    #[arg(long, num_args = 4, value_names = ["VGGISH", "MFCC", "SPECTRAL", "RHYTHMIC"])]
    pub(crate) weights: Option<Vec<f32>>,
    /// Tags of a track that count in `--space tags`, the strongest.
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub(crate) top_moods: usize,
    /// What the search calls good: separation, purity, diversity, artists, size.
    #[arg(long, num_args = 5, value_names = ["SEPARATION", "PURITY", "DIVERSITY", "ARTISTS", "SIZE"])]
    pub(crate) fitness: Option<Vec<f64>>,
    /// Same library and seed, same groups.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// Search from nothing, not from the best of the last search.
    #[arg(long)]
    pub(crate) fresh: bool,
}

impl GroupingArguments {
    pub(crate) fn request(&self) -> ClusterRequest {
        let weights = match self.weights.as_deref() {
            Some(&[vggish, mfcc, spectral, rhythmic]) => GroupWeights { vggish, mfcc, spectral, rhythmic },
            _ => GroupWeights::default(),
        };
        let fitness = match self.fitness.as_deref() {
            Some(&[separation, purity, diversity, artists, size]) => {
                FitnessWeights { separation, purity, diversity, artists, size }
            }
            _ => FitnessWeights::default(),
        };
        ClusterRequest {
            algorithm: self.algorithm.into(),
            space: self.space.into(),
            scaling: self.scaling.into(),
            weights,
            variance_kept: self.variance,
            top_moods: self.top_moods,
            runs: self.runs,
            patience: self.patience,
            sample: self.sample,
            clusters: self.clusters.clone(),
            eps: self.eps.clone(),
            min_samples: self.min_samples.clone(),
            components: self.components.clone(),
            covariance: self.covariance.into(),
            linkage: self.linkage.into(),
            pca: self.pca.clone(),
            wider: !self.strict_ranges,
            fitness,
            seed: self.seed,
            resume: !self.fresh,
        }
    }
}

#[derive(Args)]
pub(crate) struct ClusterArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) grouping: GroupingArguments,
    /// Only look at the data: what takes part, what is left out.
    #[arg(long)]
    pub(crate) quality: bool,
}

#[derive(Args)]
pub(crate) struct ElbowArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Numbers of groups to try.
    #[arg(long, default_value = "2..15", value_name = "FROM..TO", value_parser = parse_range::<usize>)]
    pub(crate) range: RangeInclusive<usize>,
    /// Also write the curve as a picture.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// What tracks are grouped by.
    #[arg(long, value_enum, default_value_t = SpaceArgument::Embeddings)]
    pub(crate) space: SpaceArgument,
    /// Tracks that are looked at, at most.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub(crate) sample: usize,
}

#[derive(Args)]
pub(crate) struct PlaylistsArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    #[command(flatten)]
    pub(crate) grouping: GroupingArguments,
    /// Also write each playlist as a file into this folder.
    #[arg(long, visible_alias = "m3u", value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: FileArguments,
    /// Show the playlists of the last run, and make none.
    #[arg(long)]
    pub(crate) last: bool,
    /// Show the reports of the last runs, and make none.
    #[arg(long, conflicts_with = "last")]
    pub(crate) reports: bool,
    /// Most tracks in a playlist.
    #[arg(long, default_value_t = 40, value_name = "N")]
    pub(crate) max_songs: usize,
    /// Most tracks of one artist in a playlist.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub(crate) max_per_artist: usize,
    /// Fewest tracks that make a playlist; fewer in a small library.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) min_songs: usize,
    /// How far from the middle of its group a track may lie: 0 is the median of all such distances, 1 the largest. Less strict in a small library.
    #[arg(long, default_value_t = 0.5, value_name = "SHARE")]
    pub(crate) max_distance: f32,
    /// Most playlists; 0: all.
    #[arg(long, default_value_t = 30, value_name = "N")]
    pub(crate) top: usize,
    /// Language of names and descriptions: en, de, fr, es.
    #[arg(long, default_value = "en", value_name = "CODE")]
    pub(crate) language: String,
    /// Names of the form `Mood_Mood_Tempo_automatic`.
    #[arg(long)]
    pub(crate) automatic_names: bool,
    /// Moods in a name of that form.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub(crate) name_moods: usize,
    /// Ask a service for names. This is the only thing here that uses the network.
    #[arg(long, value_enum, value_name = "PROVIDER")]
    pub(crate) naming: Option<ProviderArgument>,
    /// Where the service is.
    #[arg(long, default_value = "", value_name = "URL", requires = "naming")]
    pub(crate) naming_url: String,
    /// The model that is asked.
    #[arg(long, default_value = "", value_name = "MODEL", requires = "naming")]
    pub(crate) naming_model: String,
    /// Seconds between two calls; without it, what suits the service.
    #[arg(long, value_name = "SECONDS", requires = "naming")]
    pub(crate) naming_delay: Option<f64>,
}

impl PlaylistsArguments {
    pub(crate) fn request(&self) -> PlaylistRequest {
        PlaylistRequest {
            cluster: self.grouping.request(),
            max_songs: self.max_songs,
            max_songs_per_artist: self.max_per_artist,
            min_songs: self.min_songs,
            max_distance: self.max_distance,
            top_playlists: self.top,
            language: self.language.clone(),
            automatic_names: self.automatic_names,
            name_moods: self.name_moods,
            naming: self.naming.map(|provider| {
                let provider: NamingProvider = provider.into();
                NamingService {
                    provider,
                    url: self.naming_url.clone(),
                    model: self.naming_model.clone(),
                    delay_s: self.naming_delay.unwrap_or_else(|| provider.usual_delay_s()),
                }
            }),
        }
    }
}

/// How playlist files are written.
#[derive(Args)]
pub(crate) struct FileArguments {
    /// Form of the files.
    #[arg(long, value_enum, default_value_t = FormatArgument::M3u8)]
    pub(crate) format: FormatArgument,
    /// Paths relative to the folder that the file lies in, so that both can be moved together.
    #[arg(long)]
    pub(crate) relative: bool,
}

#[derive(Args)]
pub(crate) struct PlaylistArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// What is wanted, such as `tempo 90..120, mood calm > 0.6, not genre Christmas, limit 40` (docs/descriptors.md).
    #[arg(long = "where", value_name = "DEFINITION", required_unless_present = "forget")]
    pub(crate) definition: Option<String>,
    /// Show it, keep nothing: what happens without --keep as well.
    #[arg(long, conflicts_with = "keep")]
    pub(crate) preview: bool,
    /// Keep it under this name; each run of `segue playlists` fills it anew.
    #[arg(long, value_name = "NAME")]
    pub(crate) keep: Option<String>,
    /// Replace the kept definition with this key.
    #[arg(long, default_value = "", value_name = "KEY", requires = "keep")]
    pub(crate) key: String,
    /// Forget the kept definition with this key.
    #[arg(long, value_name = "KEY", conflicts_with_all = ["definition", "keep", "preview"])]
    pub(crate) forget: Option<String>,
    /// Also write it to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: FileArguments,
}

#[derive(Args)]
pub(crate) struct EditArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Key of the playlist, as `segue playlists --json` says it.
    pub(crate) key: String,
    /// Whether its tracks stay as they are.
    #[arg(long, value_name = "yes|no", value_parser = clap::builder::BoolishValueParser::new())]
    pub(crate) pin: Option<bool>,
    /// Whether it is left out from now on.
    #[arg(long, value_name = "yes|no", value_parser = clap::builder::BoolishValueParser::new())]
    pub(crate) exclude: Option<bool>,
    /// Its name from now on; empty: the rule's again.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// A playlist: M3U, M3U8, JSPF, XSPF, or CSV as exported from streaming services.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Fill the gaps with the tracks nearest to those that were found.
    #[arg(long)]
    pub(crate) fill: bool,
    /// Also write what was found to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: FileArguments,
}

#[derive(Args)]
pub(crate) struct ArtistsArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Similar artists per artist.
    #[arg(short = 'k', default_value_t = 3, value_name = "N")]
    pub(crate) similar: usize,
    /// Add the vectors (with --json).
    #[arg(long, requires = "json")]
    pub(crate) vectors: bool,
}

#[derive(Args)]
pub(crate) struct KeyArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
    /// Whose key.
    #[arg(value_enum)]
    pub(crate) provider: ProviderArgument,
    /// Forget it. Without this the key is read from standard input.
    #[arg(long)]
    pub(crate) forget: bool,
}

/// An enumeration that is typed, for one of the engine's.
macro_rules! choices {
    ($(#[$about:meta])* $name:ident for $engine:ident { $($(#[$doc:meta])* $choice:ident => $value:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, ValueEnum)]
        pub(crate) enum $name { $($(#[$doc])* $choice),+ }

        impl From<$name> for $engine {
            fn from(argument: $name) -> Self {
                match argument { $($name::$choice => Self::$value),+ }
            }
        }
    };
}

choices!(AlgorithmArgument for Algorithm {
    /// Round groups.
    Kmeans => KMeans,
    /// Dense regions; what lies in none goes to the nearest.
    Dbscan => Dbscan,
    /// A mixture of Gaussians.
    Gmm => Gmm,
    /// A tree, cut at two heights.
    Hierarchical => Hierarchical,
});
choices!(SpaceArgument for InputSpace {
    /// What neighbours and mixes go by.
    Embeddings => Embeddings,
    /// Tempo, energy and each track's strongest tags.
    Tags => TagsAndTempo,
    /// The classical features, with VGGish's where it has heard the tracks.
    Features => Features,
});
choices!(ScalingArgument for Scaling {
    /// The least value to 1, the largest to 10.
    MinMax => MinMax,
    /// Mean 0, deviation 1.
    Standard => Standard,
});
choices!(CovarianceArgument for Covariance {
    /// Any ellipsoid.
    Full => Full,
    /// Along the axes.
    Diagonal => Diagonal,
});
choices!(LinkageArgument for Linkage {
    /// The least more variance.
    Ward => Ward,
    /// The nearest in the mean.
    Average => Average,
});
choices!(ProviderArgument for NamingProvider {
    /// An Ollama server.
    Ollama => Ollama,
    /// Google Gemini.
    Gemini => Gemini,
    /// Any OpenAI-compatible server.
    Openai => OpenAi,
});
choices!(FormatArgument for ListFormat {
    /// Extended M3U in UTF-8.
    M3u8 => M3u8,
    /// XSPF as JSON.
    Jspf => Jspf,
    /// XSPF.
    Xspf => Xspf,
});

impl FormatArgument {
    /// The ending of such a file.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::M3u8 => "m3u8",
            Self::Jspf => "jspf",
            Self::Xspf => "xspf",
        }
    }
}

/// `20..60`, or one number for just that.
fn parse_range<T: std::str::FromStr + PartialOrd + Clone>(text: &str) -> Result<RangeInclusive<T>, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    match (from.trim().parse::<T>(), to.trim_start_matches('=').trim().parse::<T>()) {
        (Ok(from), Ok(to)) if from <= to => Ok(from..=to),
        _ => Err("a number, or two with `..` between them, the smaller one first".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_two_numbers_or_one() {
        assert_eq!(parse_range::<usize>("20..60"), Ok(20..=60));
        assert_eq!(parse_range::<usize>("20..=60"), Ok(20..=60));
        assert_eq!(parse_range::<usize>("7"), Ok(7..=7));
        assert_eq!(parse_range::<f64>("0.1 .. 0.5"), Ok(0.1..=0.5));
        for wrong in ["60..20", "..5", "5..", "a..b", "", "NaN..1"] {
            assert!(parse_range::<f64>(wrong).is_err(), "{wrong}");
        }
    }
}
