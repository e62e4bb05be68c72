//! What may be typed to see, add and remove models that do not ship.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use segue_engine::{Engine, Options};

use super::{absolute, tell_notice};

#[derive(Args)]
pub(crate) struct ModelsArguments {
    #[command(subcommand)]
    pub(crate) command: ModelsCommand,
}

#[derive(Subcommand)]
pub(crate) enum ModelsCommand {
    /// The models that may be added, and how each stands.
    List(PlaceArguments),
    /// All that is known of one: files, licence, what it needs.
    Show(PackArguments),
    /// Fetch one, verify it and put it in place; goes on where it was interrupted.
    Install(InstallArguments),
    /// Take away what was installed of one. What was heard with it stays.
    Remove(PackArguments),
}

/// The store beside which the models lie, and how to answer.
#[derive(Args)]
pub(crate) struct PlaceArguments {
    /// The database; added models lie in the folder `models` beside it.
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
    /// The folder with `models.toml`.
    #[arg(long, value_name = "DIR", env = "SEGUE_MODELS")]
    pub(crate) models: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl PlaceArguments {
    /// Opens a store that is there.
    pub(crate) fn open(&self) -> anyhow::Result<Engine> {
        if !self.store.is_file() {
            bail!("there is no store {}; `segue analyse DIR --store FILE` makes one", self.store.display());
        }
        let models = self.models.as_deref().map(absolute).transpose()?;
        let engine = Engine::open(Options { store: self.store.clone(), models, ..Options::default() })?;
        tell_notice(&engine)?;
        Ok(engine)
    }
}

#[derive(Args)]
pub(crate) struct PackArguments {
    /// Its name, as `segue models list` says it.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
}

#[derive(Args)]
pub(crate) struct InstallArguments {
    #[command(flatten)]
    pub(crate) pack: PackArguments,
    /// The licence that you accept, by its name. Without it you are asked.
    #[arg(long, value_name = "LICENCE")]
    pub(crate) accept: Option<String>,
}
