//! What is drawn on a cover.

use std::f32::consts::TAU;

use crate::canvas::{Canvas, inside, smooth};
use crate::colour::Lab;
use crate::cover::{Chance, Palette};

/// A way of filling a cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Motif {
    /// Rows of hills before a sun or moon.
    Hills,
    /// Rings around a place off the middle.
    Ripples,
    /// Large discs over each other.
    Discs,
    /// Slanting bars.
    Beams,
    /// Rays from a place near an edge.
    Burst,
}

impl Motif {
    /// One that suits a tempo, 0..1.
    pub(crate) fn suiting(tempo: f32, chance: &mut Chance) -> Self {
        let choice: [Self; 3] = match tempo {
            slow if slow < 0.35 => [Self::Hills, Self::Hills, Self::Ripples],
            middling if middling < 0.65 => [Self::Discs, Self::Ripples, Self::Hills],
            _ => [Self::Beams, Self::Burst, Self::Discs],
        };
        let [first, second, third] = choice;
        match chance.next() {
            low if low < 0.4 => first,
            middle if middle < 0.75 => second,
            _ => third,
        }
    }
}

/// Draws a motif; `energy` and `tempo` are 0..1.
pub(crate) fn draw(
    motif: Motif,
    size: usize,
    palette: &Palette,
    energy: f32,
    tempo: f32,
    chance: &mut Chance,
) -> Canvas {
    let [top, bottom] = palette.sky;
    let mut canvas = Canvas::gradient(size, top, bottom, chance.between(-0.35, 0.35));
    match motif {
        Motif::Hills => hills(&mut canvas, palette, energy, tempo, chance),
        Motif::Ripples => ripples(&mut canvas, palette, energy, tempo, chance),
        Motif::Discs => discs(&mut canvas, palette, energy, tempo, chance),
        Motif::Beams => beams(&mut canvas, palette, energy, tempo, chance),
        Motif::Burst => burst(&mut canvas, palette, energy, tempo, chance),
    }
    canvas
}

/// The shapes' colour at a share of the way from the first to the last.
fn shape_colour(palette: &Palette, share: f32) -> Lab {
    let [first, middle, last] = palette.shapes;
    if share < 0.5 { first.towards(middle, 2.0 * share) } else { middle.towards(last, 2.0 * share - 1.0) }
}

fn hills(canvas: &mut Canvas, palette: &Palette, energy: f32, tempo: f32, chance: &mut Chance) {
    let (x, y) = (chance.between(0.22, 0.78), chance.between(0.2, 0.36));
    glowing_disc(canvas, palette.accent, [x, y], chance.between(0.085, 0.15));
    let rows = 4 + (2.0 * energy + chance.next()) as usize;
    let height = 0.035 + 0.075 * energy;
    for row in 0..rows {
        let share = row as f32 / (rows - 1) as f32;
        let base = 0.46 + 0.44 * share;
        let colour = shape_colour(palette, share);
        let waves: [(f32, f32, f32); 3] = [(0.6, 0.8), (0.3, 1.9), (0.1, 4.3)].map(|(part, pace)| {
            let pace = pace * chance.between(0.75, 1.25) * (0.7 + tempo);
            (part * height * chance.between(0.75, 1.25), pace, chance.next())
        });
        let pixel = canvas.pixel();
        let edge = |x: f32| -> f32 {
            base + waves.iter().map(|(part, pace, phase)| part * (TAU * (pace * x + phase)).sin()).sum::<f32>()
        };
        let edges: Vec<f32> = (0..canvas.size()).map(|column| edge((column as f32 + 0.5) * pixel)).collect();
        canvas.paint(|x, y, under| {
            let depth = edges.get((x / pixel) as usize).map_or(0.0, |edge| y - edge);
            // A light that fades downwards.
            raised(under, colour.lit(0.05 - 0.22 * depth.max(0.0)), depth, pixel)
        });
    }
}

/// How far a sheet throws its shadow.
const REACH: f32 = 0.055;

/// A sheet of paper over another: `depth` is how far inside its edge a place lies; outside it throws a faint shadow.
fn raised(under: Lab, sheet: Lab, depth: f32, pixel: f32) -> Lab {
    if depth < -REACH {
        return under;
    }
    let shadow = 0.07 * (1.0 + depth.min(0.0) / REACH).powi(2);
    under.lit(-shadow).towards(sheet, inside(-depth, pixel))
}

fn ripples(canvas: &mut Canvas, palette: &Palette, energy: f32, tempo: f32, chance: &mut Chance) {
    let centre = [chance.between(0.15, 0.85), chance.between(0.55, 0.95)];
    let rings = 5 + (4.0 * tempo + 2.0 * chance.next()) as usize;
    let pixel = canvas.pixel();
    let (sway, phase, petals) = (0.012 + 0.03 * energy, chance.next(), 2.0 + (3.0 * chance.next()).floor());
    for ring in 0..rings {
        let share = ring as f32 / (rings - 1) as f32;
        let radius = 0.98 - 0.86 * share.powf(0.85);
        let colour = if ring + 1 == rings { palette.accent } else { shape_colour(palette, 1.0 - share) };
        let turn = phase + 0.07 * ring as f32;
        canvas.paint(|x, y, under| {
            let (dx, dy) = (x - centre[0], y - centre[1]);
            let distance = dx.hypot(dy);
            if distance > radius * (1.0 + 2.0 * sway) + REACH {
                return under;
            }
            let wave = (petals * dy.atan2(dx) + TAU * turn).sin();
            let depth = radius * (1.0 + sway * wave * 2.0) - distance;
            raised(under, colour.lit(0.05 - 0.1 * depth.clamp(0.0, 0.2) / 0.2), depth, pixel)
        });
    }
}

fn discs(canvas: &mut Canvas, palette: &Palette, energy: f32, tempo: f32, chance: &mut Chance) {
    let count = 5 + (3.0 * tempo + 2.0 * chance.next()) as usize;
    let pixel = canvas.pixel();
    let begin = chance.next();
    for disc in 0..count {
        let share = disc as f32 / (count - 1) as f32;
        // Around the middle by the golden angle, so that no two lie upon each other.
        let angle = TAU * (begin + 0.381_966 * disc as f32);
        let away = 0.12 + (0.2 + 0.12 * energy) * chance.between(0.5, 1.0);
        let centre = [0.5 + away * angle.cos(), 0.5 + away * angle.sin()];
        let radius = chance.between(0.16, 0.32) * (1.15 - 0.45 * share);
        let colour = if disc + 1 == count { palette.accent } else { shape_colour(palette, share) };
        let opacity = if disc + 1 == count { 0.95 } else { 0.74 };
        let slope = [angle.sin(), -angle.cos()];
        canvas.paint(|x, y, under| {
            let (dx, dy) = (x - centre[0], y - centre[1]);
            let depth = radius - dx.hypot(dy);
            if depth < -pixel {
                return under;
            }
            let along = (dx * slope[0] + dy * slope[1]) / radius;
            under.towards(colour.lit(0.07 * along), opacity * inside(-depth, pixel))
        });
    }
}

fn beams(canvas: &mut Canvas, palette: &Palette, energy: f32, tempo: f32, chance: &mut Chance) {
    let lean = TAU * chance.between(0.09, 0.15) * if chance.next() < 0.5 { -1.0 } else { 1.0 };
    let (sin, cos) = lean.sin_cos();
    let lanes = 7 + (5.0 * tempo) as usize;
    let width = 1.5 / lanes as f32;
    let pixel = canvas.pixel();
    let outstanding = lanes / 2 + (chance.next() * 3.0) as usize - 1;
    for lane in 0..lanes {
        let share = lane as f32 / (lanes - 1) as f32;
        let across = -0.75 + width * (lane as f32 + 0.5);
        let middle = chance.between(-0.3, 0.3);
        let half = chance.between(0.18, 0.4) + 0.12 * energy;
        let colour = if lane == outstanding { palette.accent } else { shape_colour(palette, share) };
        let thick = width * 0.4;
        canvas.paint(|x, y, under| {
            let (dx, dy) = (x - 0.5, y - 0.5);
            let (along, beside) = (dx * cos + dy * sin - middle, dy * cos - dx * sin - across);
            if beside.abs() > thick + pixel {
                return under;
            }
            let beyond = (along.abs() - half).max(0.0);
            let depth = thick - beyond.hypot(beside);
            if depth < -pixel {
                return under;
            }
            // Brighter towards one end, as if it moved.
            let way = along / half;
            under.towards(colour.lit(0.1 * way), inside(-depth, pixel) * (0.78 + 0.2 * way).clamp(0.3, 1.0))
        });
    }
}

fn burst(canvas: &mut Canvas, palette: &Palette, energy: f32, tempo: f32, chance: &mut Chance) {
    let centre = [chance.between(0.3, 0.7), chance.between(0.55, 0.85)];
    let rays = 9.0 + (7.0 * tempo + 3.0 * chance.next()).floor();
    let (turn, swirl) = (chance.next(), chance.between(-0.12, 0.12) * (0.4 + energy));
    let pixel = canvas.pixel();
    canvas.paint(|x, y, under| {
        let (dx, dy) = (x - centre[0], y - centre[1]);
        let distance = dx.hypot(dy);
        let place = (dy.atan2(dx) / TAU + turn + swirl * distance).rem_euclid(1.0) * rays;
        let (ray, within) = (place.floor(), place.fract());
        // Distance to the ray's nearer side, along the arc.
        let depth = (0.25 - (within - 0.5).abs()) * TAU * distance / rays;
        let share = (ray * 0.381_966).fract();
        let colour = shape_colour(palette, share).lit(0.06 - 0.1 * distance);
        under.towards(colour, inside(-depth, pixel) * (0.95 - 0.25 * smooth(distance)))
    });
    glowing_disc(canvas, palette.accent, centre, 0.1 + 0.06 * energy);
}

/// A disc with a halo.
fn glowing_disc(canvas: &mut Canvas, colour: Lab, centre: [f32; 2], radius: f32) {
    let pixel = canvas.pixel();
    canvas.paint(|x, y, under| {
        let distance = (x - centre[0]).hypot(y - centre[1]) - radius;
        let reach = 2.2 * radius;
        if distance > reach {
            return under;
        }
        let halo = 0.4 * (1.0 - (distance / reach).clamp(0.0, 1.0)).powi(3);
        under.towards(colour, inside(distance, pixel).max(halo))
    });
}
