//! The networks there are: those that ship, and those that a person has added.

use std::path::PathBuf;

use segue_models::{
    BackendChoice, CLAP_VERSION, Catalogue, Clap, ClapEar, Effnet, Embedding, HeadOutput, Heads, Model, Network,
    Precision, Runtime, RuntimeOptions, Vggish, load_musicnn, load_vggish,
};
use segue_store::{Labels, Stage};

use crate::api::{Backend, Options};
use crate::stages::{CLAP, DCLAP, HEADS, STYLES, VGGISH};
use crate::{Result, locate};

/// The folder for added models beside the database: it outlasts a new version of the plugin.
pub(crate) const ADDED: &str = "models";

/// What runs the networks, and which there are. Loaded when the first analysis needs them, so that a server that only asks
/// never pays for them.
pub(crate) struct Networks {
    pub(crate) runtime: Runtime,
    catalogue: Catalogue,
    /// The stages of the networks that were added.
    pub(crate) stages: Vec<Stage>,
}

impl Networks {
    /// Looks what there is. `runtime` is that of an earlier look, if there was one: a process has one.
    pub(crate) fn open(options: &Options, runtime: Option<Runtime>) -> Result<Self> {
        let mut catalogue = Catalogue::open(&locate::models_folder(options)?)?;
        if let Some(folder) = added_folder(options) {
            catalogue = catalogue.with_extra(&folder)?;
        }
        let runtime = match runtime {
            Some(runtime) => runtime,
            None => load_runtime(options)?,
        };
        let stages = added_stages(&runtime, &catalogue);
        Ok(Self { runtime, catalogue, stages })
    }

    /// The networks of one worker: a session serves one thread at a time. Of the added ones, those of `stages`.
    pub(crate) fn ears(&self, precision: Precision, stages: &[Stage]) -> Result<Ears> {
        let has = |name: &str| stages.iter().any(|stage| stage.name == name);
        let Self { runtime, catalogue, .. } = self;
        let musicnn = Network::ALL.into_iter().map(|network| {
            let model = load_musicnn(runtime, catalogue, network, precision)?;
            Ok((network, model))
        });
        // Something added that has changed or gone since takes nothing from the rest.
        let (mut vggish, mut styles, mut heads) = (None, None, None);
        if has(VGGISH) {
            vggish = load_vggish(runtime, catalogue).unwrap_or_else(left_out);
        }
        if has(STYLES) {
            styles = Effnet::find(runtime, catalogue).unwrap_or_else(left_out);
        }
        if has(HEADS) {
            heads = Heads::find(runtime, catalogue).map_or_else(left_out, Some);
        }
        let claps = Clap::ALL.into_iter().filter(|clap| has(clap.name()));
        let claps = claps.filter_map(|clap| clap_ear(runtime, catalogue, clap)).collect();
        Ok(Ears { musicnn: musicnn.collect::<Result<_>>()?, vggish, styles, heads, claps })
    }
}

/// The audio tower of a CLAP, if it is there and can be used.
fn clap_ear(runtime: &Runtime, catalogue: &Catalogue, clap: Clap) -> Option<ClapEar> {
    let path = clap.audio(catalogue).unwrap_or_else(left_out)?;
    ClapEar::load(runtime, clap, &path).map_or_else(left_out, Some)
}

/// `models` beside the database, where a person has made it.
fn added_folder(options: &Options) -> Option<PathBuf> {
    options.store.parent().map(|folder| folder.join(ADDED)).filter(|folder| folder.is_dir())
}

/// Where the models are looked for that a person has added: `models` beside the database, or else `extra` in the folder of
/// those that ship.
pub(crate) fn folder_of_added(options: &Options) -> Result<PathBuf> {
    match added_folder(options) {
        Some(folder) => Ok(folder),
        None => Ok(Catalogue::open(&locate::models_folder(options)?)?.extra().to_owned()),
    }
}

pub(crate) fn load_runtime(options: &Options) -> Result<Runtime> {
    let runtime = Runtime::load(&RuntimeOptions {
        backend: match options.backend {
            Backend::Auto => BackendChoice::Auto,
            Backend::OnnxRuntime => BackendChoice::OnnxRuntime,
            Backend::Rten => BackendChoice::Rten,
        },
        library: options.onnxruntime.clone(),
        search: locate::runtime_folders(options),
    })?;
    tracing::info!(runtime = runtime.name(), "networks are run by");
    Ok(runtime)
}

/// What was added and can be used. Something added that cannot be used takes nothing from the rest: it is warned of.
fn added_stages(runtime: &Runtime, catalogue: &Catalogue) -> Vec<Stage> {
    let mut stages = Vec::new();
    if load_vggish(runtime, catalogue).unwrap_or_else(left_out).is_some() {
        let version = |file: String| Stage::new(VGGISH, format!("{}/{file}", segue_models::VGGISH_VERSION));
        stages.extend(catalogue.vggish_version().map(version));
    }
    if let Some(effnet) = Effnet::find(runtime, catalogue).unwrap_or_else(left_out) {
        stages.push(Stage::new(STYLES, effnet.version()));
    }
    if let Some(heads) = Heads::find(runtime, catalogue).map_or_else(left_out, Some)
        && !heads.version().is_empty()
    {
        stages.push(Stage::new(HEADS, heads.version()));
    }
    for ear in Clap::ALL.into_iter().filter_map(|clap| clap_ear(runtime, catalogue, clap)) {
        stages.push(Stage::new(ear.clap().name(), format!("{CLAP_VERSION}/{}", ear.version())));
    }
    stages
}

#[allow(clippy::needless_pass_by_value)] // It is what `unwrap_or_else` hands over.
fn left_out<T>(problem: segue_models::Error) -> Option<T> {
    tracing::warn!(%problem, "an added model is left out");
    None
}

/// The networks of one worker.
pub(crate) struct Ears {
    pub(crate) musicnn: Vec<(Network, Box<dyn Model>)>,
    pub(crate) vggish: Option<Vggish>,
    pub(crate) styles: Option<Effnet>,
    pub(crate) heads: Option<Heads>,
    pub(crate) claps: Vec<ClapEar>,
}

impl Ears {
    /// Whether the network of an added stage is there; true for every other stage.
    pub(crate) fn has(&self, stage: &str) -> bool {
        match stage {
            VGGISH => self.vggish.is_some(),
            STYLES => self.styles.is_some(),
            HEADS => self.heads.is_some(),
            DCLAP | CLAP => self.claps.iter().any(|ear| ear.clap().name() == stage),
            _ => true,
        }
    }

    /// What the heads say of a track, of whose patches `patches` gives an embedding each and the weights, or nothing where
    /// that network has not heard it. A head that fails has no answer.
    pub(crate) fn judge(&mut self, mut patches: impl FnMut(Embedding) -> (Vec<f32>, Vec<f32>)) -> Vec<Labels> {
        let Some(heads) = &mut self.heads else { return Vec::new() };
        let mut listened: Vec<Embedding> = heads.names().map(|(_, on)| on).collect();
        listened.dedup();
        listened.sort_unstable_by_key(|on| format!("{on:?}"));
        listened.dedup();
        let answers = listened.into_iter().flat_map(|on| {
            let (patches, weights) = patches(on);
            heads.hear(on, &patches, &weights)
        });
        let label = |HeadOutput { head, classes, values }| Labels {
            source: head,
            stage: HEADS.to_owned(),
            classes: classes.to_vec(),
            values,
        };
        answers
            .filter_map(|answer| answer.inspect_err(|problem| tracing::warn!(%problem, "no answer")).ok())
            .map(label)
            .collect()
    }
}
