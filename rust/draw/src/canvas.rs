//! A square of pixels that shapes are laid onto, one over the other.

use crate::Result;
use crate::colour::{Gamma, Lab};

/// Coordinates go from 0 to 1, x to the right and y down.
pub(crate) struct Canvas {
    size: usize,
    pixels: Vec<Lab>,
}

impl Canvas {
    /// Filled with a gradient of these colours from top to bottom, leaning to the right by `lean`.
    pub(crate) fn gradient(size: usize, top: Lab, bottom: Lab, lean: f32) -> Self {
        let mut canvas = Self { size, pixels: vec![Lab::default(); size * size] };
        let span = 1.0 + lean.abs();
        canvas.paint(|x, y, _| top.towards(bottom, smooth((y + lean * x - lean.min(0.0)) / span)));
        canvas
    }

    /// Pixels a side.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// The side of a pixel.
    pub(crate) fn pixel(&self) -> f32 {
        1.0 / self.size as f32
    }

    /// Changes every pixel: `shade` gives its colour by where its middle is and what is there.
    pub(crate) fn paint(&mut self, shade: impl Fn(f32, f32, Lab) -> Lab) {
        let pixel = self.pixel();
        for (row, line) in self.pixels.chunks_exact_mut(self.size.max(1)).enumerate() {
            let y = (row as f32 + 0.5) * pixel;
            for (column, under) in line.iter_mut().enumerate() {
                *under = shade((column as f32 + 0.5) * pixel, y, *under);
            }
        }
    }

    /// As a PNG.
    pub(crate) fn png(&self) -> Result<Vec<u8>> {
        let gamma = Gamma::new();
        let mut bytes = Vec::with_capacity(3 * self.pixels.len());
        for pixel in &self.pixels {
            bytes.extend(pixel.linear().map(|light| gamma.encode(light)));
        }
        let side = self.size as u32;
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Balanced);
        encoder.set_filter(png::Filter::Adaptive);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&bytes)?;
        writer.finish()?;
        Ok(file)
    }
}

/// 0 below 0, 1 above 1, a soft step between.
pub(crate) fn smooth(x: f32) -> f32 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// How much of a pixel lies inside a shape whose edge is `distance` away, negative inside.
pub(crate) fn inside(distance: f32, pixel: f32) -> f32 {
    (0.5 - distance / pixel).clamp(0.0, 1.0)
}
