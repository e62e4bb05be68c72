//! MusiCNN's forward pass by hand, for processors that multiply bytes well.
//!
//! It computes what `models/convert/musicnn.py` describes, from the constants of the f32 file: the convolutions of the
//! front end, most of the work, in 8 bits with sums in whole numbers, the rest in f32. Every path of a build
//! gives the same bits; the sigmoid at the end is the platform's.

mod back;
mod front;
mod leaf;
mod onnx;
#[cfg(test)]
mod tests;

use crate::backend::Model;
use crate::{Error, PATCH_LEN, PatchOutput, Result};

/// A kind of processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// Matrix unit for bytes (Intel Xeon since Sapphire Rapids), on Linux, which has to be asked for it.
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    Amx,
    /// AVX-512 with VNNI (Intel Xeon since Cascade Lake, AMD since Zen 4).
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// AVX2 with AVX-VNNI (Intel since Alder Lake).
    #[cfg(target_arch = "x86_64")]
    AvxVnni,
    /// No particular one: what the others are tested against. Slow.
    Plain,
}

impl Path {
    /// The fastest that this machine can take, if there is one that beats the runtimes.
    pub(crate) fn fastest() -> Option<Self> {
        Self::all().into_iter().next().filter(|path| *path != Self::Plain)
    }

    /// What [`Runtime::name`](crate::Runtime::name) calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            Self::Amx => "AMX kernel",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "AVX-512 VNNI kernel",
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni => "AVX-VNNI kernel",
            Self::Plain => "plain kernel",
        }
    }

    /// All that this machine can take, the fastest first; `Plain` is the last.
    pub(crate) fn all() -> Vec<Self> {
        let mut paths = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let fused = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            #[cfg(target_os = "linux")]
            if fused && leaf::amx::allowed() {
                paths.push(Self::Amx);
            }
            if fused && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
                paths.push(Self::Avx512);
            }
            if fused && is_x86_feature_detected!("avxvnni") {
                paths.push(Self::AvxVnni);
            }
        }
        paths.push(Self::Plain);
        paths
    }
}

/// A network with what its runs write on their way.
pub(crate) struct Kernel {
    path: Path,
    front: front::Front,
    back: back::Back,
    image: front::Scratch,
    stages: back::Scratch,
}

impl Kernel {
    /// Reads the network from the f32 file. The error says what is wrong with it.
    pub(crate) fn read(model: &[u8], path: Path) -> std::result::Result<Self, String> {
        let constants = onnx::Constants::read(model)?;
        Ok(Self {
            path,
            front: front::Front::read(&constants)?,
            back: back::Back::read(&constants)?,
            image: front::Scratch::new(),
            stages: back::Scratch::new(),
        })
    }
}

impl Model for Kernel {
    fn run(&mut self, patch: &[f32]) -> Result<PatchOutput> {
        if patch.len() != PATCH_LEN {
            return Err(Error::PatchLength { expected: PATCH_LEN, received: patch.len() });
        }
        if !patch.iter().all(|x| x.is_finite()) {
            return Err(Error::NotFinite);
        }
        self.front.run(self.path, patch, &mut self.image, self.stages.front());
        let output = self.back.run(self.path, &mut self.stages);
        if output.dense.iter().chain(&output.tags).all(|x| x.is_finite()) { Ok(output) } else { Err(Error::NotFinite) }
    }
}
