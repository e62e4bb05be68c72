//! The steps of the analysis, their names and their versions.
//!
//! A step whose version changes makes itself, and no other, due again. The settings that change a step's numbers are part
//! of its version: a stored result made otherwise is redone.

use segue_models::{Clap, Patches, Precision};
use segue_store::Stage;

use crate::listen::How;

/// Loudness, tempo, key and the other numbers that people know.
pub(crate) const FEATURES: &str = "features";
/// The 95 classical features.
pub(crate) const CLASSICAL: &str = "classical";
/// How a track begins and ends.
pub(crate) const EDGES: &str = "edges";
/// The fingerprint of the recording.
pub(crate) const FINGERPRINT: &str = "fingerprint";
/// Both MusiCNN networks.
pub(crate) const MUSICNN: &str = "musicnn";

/// VGGish, where its network is among the models: the stage, and the name of its embedding.
pub(crate) const VGGISH: &str = "vggish";
/// The audio towers of CLAP, where a person has added them: the stages, and the names of their embeddings, are those of
/// [`segue_models::Clap`].
pub(crate) const DCLAP: &str = "dclap";
/// See [`DCLAP`].
pub(crate) const CLAP: &str = "clap";
/// Discogs-EffNet, where a person has added it.
pub(crate) const STYLES: &str = "styles";
/// The name of its embedding and of its answers.
pub(crate) const EFFNET: &str = "discogs-effnet";
/// Classifiers on the networks' embeddings, where a person has added some. They need no audio once those are known.
pub(crate) const HEADS: &str = "heads";

/// Which results are wanted of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wanted {
    pub(crate) features: bool,
    pub(crate) classical: bool,
    pub(crate) edges: bool,
    pub(crate) fingerprint: bool,
    pub(crate) musicnn: bool,
    pub(crate) vggish: bool,
    pub(crate) styles: bool,
    pub(crate) heads: bool,
    pub(crate) dclap: bool,
    pub(crate) clap: bool,
}

impl Wanted {
    /// The results of these stages.
    pub(crate) fn of(stages: &[String]) -> Self {
        let lacks = |stage: &str| stages.iter().any(|name| name == stage);
        Self {
            features: lacks(FEATURES),
            classical: lacks(CLASSICAL),
            edges: lacks(EDGES),
            fingerprint: lacks(FINGERPRINT),
            musicnn: lacks(MUSICNN),
            vggish: lacks(VGGISH),
            styles: lacks(STYLES),
            heads: lacks(HEADS),
            dclap: lacks(DCLAP),
            clap: lacks(CLAP),
        }
    }

    /// Whether the file is to be decoded at all.
    pub(crate) fn sound(self) -> bool {
        self.musical() || self.networks() || self.claps()
    }

    /// Whether anything is to be heard at 22.05 kHz.
    pub(crate) fn musical(self) -> bool {
        self.features || self.classical || self.edges || self.fingerprint
    }

    /// Whether anything is to be heard at 16 kHz.
    pub(crate) fn networks(self) -> bool {
        self.musicnn || self.vggish || self.styles
    }

    /// Whether anything is to be heard at 48 kHz.
    pub(crate) fn claps(self) -> bool {
        self.dclap || self.clap
    }

    /// Whether this one is.
    pub(crate) fn clap_of(self, clap: Clap) -> bool {
        match clap {
            Clap::Dclap => self.dclap,
            Clap::HtsatUnfused => self.clap,
        }
    }
}

/// All stages: the standard ones and those of added networks. Styles hear the patches that MusiCNN hears, and what heads say
/// hangs on what they listen to: when that changes, so do they.
pub(crate) fn with_added(standard: &[Stage], added: &[Stage]) -> Vec<Stage> {
    let mut stages = [standard, added].concat();
    for (name, below) in [(STYLES, &[MUSICNN][..]), (HEADS, &[MUSICNN, STYLES])] {
        let versions = stages.iter().filter(|stage| below.contains(&stage.name.as_str()));
        let below = versions.map(|stage| stage.version.clone()).collect::<Vec<_>>().join(" + ");
        for stage in stages.iter_mut().filter(|stage| stage.name == name) {
            stage.version = format!("{} on {below}", stage.version);
        }
    }
    stages
}

/// Patches that each network hears of a track, at most: docs/performance.md says what fewer and more of them cost and bring.
pub(crate) const DEFAULT_PATCHES: usize = 32;
/// More than these bring nothing, and choosing them would take longer than hearing them.
pub(crate) const MOST_PATCHES: usize = 256;
/// The default in gentle mode.
pub(crate) const GENTLE_PATCHES: usize = 12;

/// The name of a network's embedding at the level that all tracks share.
pub(crate) fn levelled(network: &str) -> String {
    format!("{network}_levelled")
}

/// The stages that every track goes through.
pub(crate) fn standard(precision: Precision, how: How) -> Vec<Stage> {
    let count = match how.patches {
        Patches::All => "all".to_owned(),
        // Two ways to the same numbers, one nearer than the other: who turns gentle mode on or off need not hear all again.
        Patches::Count(DEFAULT_PATCHES | GENTLE_PATCHES) => "some".to_owned(),
        Patches::Count(count) => count.to_string(),
    };
    let networks = format!("{}/{}/{count}/{}", segue_models::VERSION, precision.name(), how.level.name());
    vec![
        Stage::new(FEATURES, segue_features::VERSION.to_string()),
        Stage::new(CLASSICAL, segue_features::CLASSICAL_VERSION.to_string()),
        Stage::new(EDGES, segue_features::EDGES_VERSION.to_string()),
        Stage::new(FINGERPRINT, segue_features::FINGERPRINT_VERSION.to_string()),
        Stage::new(MUSICNN, networks),
    ]
}

/// Stages as text, one a line.
pub(crate) fn lines(stages: &[Stage]) -> String {
    stages.iter().map(|stage| format!("{}={}", stage.name, stage.version)).collect::<Vec<_>>().join("\n")
}

/// What [`lines`] wrote.
pub(crate) fn parse(lines: &str) -> Vec<Stage> {
    lines.lines().filter_map(|line| line.split_once('=')).map(|(name, version)| Stage::new(name, version)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claps_are_called_as_their_models_are() {
        assert_eq!([DCLAP, CLAP], Clap::ALL.map(Clap::name));
        let wanted = Wanted::of(&[CLAP.to_owned()]);
        assert_eq!(Clap::ALL.map(|clap| wanted.clap_of(clap)), [false, true]);
        assert!(wanted.sound() && !wanted.networks() && !wanted.musical());
    }

    #[test]
    fn what_hangs_on_others_is_redone_with_them() {
        let stages = |patches| {
            let how = How { patches, level: segue_models::Level::Both };
            let added = [Stage::new(STYLES, "a"), Stage::new(HEADS, "b"), Stage::new(VGGISH, "c")];
            with_added(&standard(Precision::Int8, how), &added)
        };
        let version =
            |stages: &[Stage], name: &str| stages.iter().find(|stage| stage.name == name).unwrap().version.clone();
        let (some, gentle, all) =
            (stages(Patches::Count(DEFAULT_PATCHES)), stages(Patches::Count(GENTLE_PATCHES)), stages(Patches::All));
        assert_eq!(some, gentle);
        for (name, changes) in [(MUSICNN, true), (STYLES, true), (HEADS, true), (VGGISH, false), (FEATURES, false)] {
            assert_eq!(version(&some, name) != version(&all, name), changes, "{name}");
        }
        assert_eq!(parse(&lines(&all)), all);
        assert_eq!(parse(""), []);
    }
}
