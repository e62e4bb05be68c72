//! Covers as callers see them.
#![allow(clippy::unwrap_used)]

use segue_draw::{CoverTraits, Error, LARGEST, SMALLEST, cover_png};

/// Width, height and pixels, three bytes each.
fn decode(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
    (info.width, info.height, pixels)
}

/// Mean of each channel, 0..255.
fn mean(png: &[u8]) -> [f64; 3] {
    let (_, _, pixels) = decode(png);
    let count = (pixels.len() / 3) as f64;
    [0, 1, 2].map(|channel| pixels.iter().skip(channel).step_by(3).map(|&value| f64::from(value)).sum::<f64>() / count)
}

fn brightness(png: &[u8]) -> f64 {
    mean(png).iter().sum()
}

#[test]
fn a_cover_is_a_small_png_of_the_size_asked_for() {
    for number in 0..24_u8 {
        let key = number.to_string();
        let level = f32::from(number) / 23.0;
        let traits =
            CoverTraits { key: &key, tempo: level, energy: level, brightness: 1.0 - level, ..CoverTraits::default() };
        let png = cover_png(&traits, 600).unwrap();
        assert!(png.len() < 150_000, "{number}: {} bytes", png.len());
        let (width, height, pixels) = decode(&png);
        assert_eq!((width, height), (600, 600));
        let colours: std::collections::HashSet<&[u8]> = pixels.chunks(3).collect();
        assert!(colours.len() > 100, "{number}: a picture, not a plain square");
    }
}

#[test]
fn the_same_playlist_has_the_same_cover_and_another_another() {
    let traits = CoverTraits { key: "a", ..CoverTraits::default() };
    let cover = cover_png(&traits, 100).unwrap();
    assert_eq!(cover_png(&traits, 100).unwrap(), cover);
    assert_ne!(cover_png(&CoverTraits { key: "b", ..traits }, 100).unwrap(), cover);
    assert_ne!(cover_png(&CoverTraits { energy: 1.0, ..traits }, 100).unwrap(), cover);
    assert_ne!(cover_png(&CoverTraits { tempo: 1.0, ..traits }, 100).unwrap(), cover);
}

#[test]
fn moods_have_their_colours() {
    for key in ["a", "b", "c", "d", "e"] {
        let plain = CoverTraits { key, energy: 0.8, tempo: 0.1, ..CoverTraits::default() };
        let cover = |traits: &CoverTraits<'_>| cover_png(traits, 64).unwrap();
        let [red, _, blue] = mean(&cover(&CoverTraits { valence: 0.05, ..plain }));
        assert!(blue > red, "{key}: sad is blue");
        let [red, _, blue] = mean(&cover(&CoverTraits { valence: 0.95, ..plain }));
        assert!(red > blue, "{key}: happy is warm");
        let [red, _, blue] = mean(&cover(&CoverTraits { valence: 0.05, words: &["nothing", "Indie ROCK"], ..plain }));
        assert!(red > blue, "{key}: words come first");
        let [dark, bright] = [0.1, 0.9].map(|brightness| CoverTraits { brightness, ..plain });
        assert!(brightness(&cover(&bright)) > 1.3 * brightness(&cover(&dark)), "{key}");
    }
}

#[test]
fn what_is_no_number_counts_as_the_middle_and_what_is_too_much_as_the_most() {
    let middle = cover_png(&CoverTraits::default(), 50).unwrap();
    for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let traits = CoverTraits { energy: odd, tempo: odd, valence: odd, brightness: odd, ..CoverTraits::default() };
        assert_eq!(cover_png(&traits, 50).unwrap(), middle, "{odd}");
    }
    let [most, more] = [1.0, f32::MAX].map(|energy| CoverTraits { energy, ..CoverTraits::default() });
    assert_eq!(cover_png(&more, 50).unwrap(), cover_png(&most, 50).unwrap());
    let words = ["", "\u{0}", "🎵", &"x".repeat(100_000)];
    cover_png(&CoverTraits { key: &"🎵".repeat(1000), words: &words, ..CoverTraits::default() }, 50).unwrap();
}

#[test]
fn any_sensible_size_is_drawn_and_others_are_refused() {
    for size in [SMALLEST, 17, 333] {
        for tempo in [0.0, 0.5, 1.0] {
            let png = cover_png(&CoverTraits { tempo, ..CoverTraits::default() }, size).unwrap();
            assert_eq!(decode(&png).0, size);
        }
    }
    for size in [0, SMALLEST - 1, LARGEST + 1, u32::MAX] {
        assert!(matches!(cover_png(&CoverTraits::default(), size), Err(Error::Size { .. })), "{size}");
    }
}
