//! Colours in OKLab (Ottosson 2020, "A perceptual color space for image processing"), where a mixture of two pleasant colours is
//! pleasant too.

use std::f32::consts::TAU;
use std::ops::{Add, Mul};

/// A colour: lightness 0..1, and two opponent axes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Lab(pub(crate) [f32; 3]);

impl Lab {
    /// By lightness 0..1, chroma 0..~0.3 and hue in degrees; the chroma is lowered until a screen can show it.
    pub(crate) fn lch(lightness: f32, chroma: f32, hue: f32) -> Self {
        let (sin, cos) = (hue / 360.0 * TAU).sin_cos();
        let lightness = lightness.clamp(0.0, 1.0);
        let mut chroma = chroma.max(0.0);
        loop {
            let colour = Self([lightness, chroma * cos, chroma * sin]);
            if chroma < 0.005 || colour.linear().iter().all(|channel| (0.0..=1.0).contains(channel)) {
                return colour;
            }
            chroma *= 0.95;
        }
    }

    /// Between this colour (0) and the other (1).
    pub(crate) fn towards(self, other: Self, share: f32) -> Self {
        self * (1.0 - share) + other * share
    }

    /// Lighter or darker by this much.
    pub(crate) fn lit(self, by: f32) -> Self {
        let [lightness, a, b] = self.0;
        Self([(lightness + by).clamp(0.0, 1.0), a, b])
    }

    /// Linear sRGB; a colour that no screen shows lies outside 0..1.
    pub(crate) fn linear(self) -> [f32; 3] {
        let [lightness, a, b] = self.0;
        let long = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
        let middle = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
        let short = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
        [
            4.076_741_7 * long - 3.307_711_6 * middle + 0.230_969_94 * short,
            -1.268_438 * long + 2.609_757_4 * middle - 0.341_319_38 * short,
            -0.004_196_086 * long - 0.703_418_6 * middle + 1.707_614_7 * short,
        ]
    }
}

impl Add for Lab {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let ([a, b, c], [d, e, f]) = (self.0, other.0);
        Self([a + d, b + e, c + f])
    }
}

impl Mul<f32> for Lab {
    type Output = Self;

    fn mul(self, by: f32) -> Self {
        Self(self.0.map(|part| part * by))
    }
}

/// The 8-bit sRGB values of linear light, looked up: the curve is too slow to compute for every pixel.
pub(crate) struct Gamma(Vec<u8>);

impl Gamma {
    const STEPS: usize = 8192;

    pub(crate) fn new() -> Self {
        let encode = |step: usize| {
            let light = step as f32 / Self::STEPS as f32;
            let value = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
            (value * 255.0).round() as u8
        };
        Self((0..=Self::STEPS).map(encode).collect())
    }

    pub(crate) fn encode(&self, light: f32) -> u8 {
        // A negative light becomes 0.
        let step = (light * Self::STEPS as f32 + 0.5) as usize;
        self.0.get(step.min(Self::STEPS)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(colour: Lab) -> [u8; 3] {
        let gamma = Gamma::new();
        colour.linear().map(|light| gamma.encode(light))
    }

    #[test]
    fn known_colours_come_out_as_known() {
        // The values of CSS Color 4 for oklch(): white, black, and sRGB's red, green and blue.
        assert_eq!(rgb(Lab::lch(1.0, 0.0, 0.0)), [255, 255, 255]);
        assert_eq!(rgb(Lab::lch(0.0, 0.0, 0.0)), [0, 0, 0]);
        assert_eq!(rgb(Lab([0.627_96, 0.224_86, 0.125_85])), [255, 0, 0]);
        assert_eq!(rgb(Lab([0.866_44, -0.233_89, 0.179_50])), [0, 255, 0]);
        assert_eq!(rgb(Lab([0.452_01, -0.032_46, -0.311_53])), [0, 0, 255]);
    }

    #[test]
    fn no_colour_leaves_the_screen() {
        for step in 0..360 {
            let colour = Lab::lch(0.2 + step as f32 / 600.0, 0.4, step as f32 * 7.0);
            assert!(colour.linear().iter().all(|channel| (-0.001..=1.001).contains(channel)), "{colour:?}");
        }
    }
}
