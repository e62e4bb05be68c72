//! CLAP's towers are used where they are what they should be, and refused where not.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/onnx.rs"]
mod onnx;

use std::fs;

use common::{cosine, largest_difference, runtimes};
use onnx::{Attribute, Graph, clap_audio, clap_text, clap_text_unmasked, clap_tokens, folder, head, open};
use segue_models::{CLAP_LEN, Clap, ClapEar, ClapListener, ClapText, Error, Heads, Runtime};

fn tone(hertz: f32, seconds: f32) -> Vec<f32> {
    let count = (seconds * 48_000.0) as usize;
    (0..count).map(|i| 0.5 * (std::f32::consts::TAU * hertz * i as f32 / 48_000.0).sin()).collect()
}

fn ear(runtime: &Runtime, clap: Clap, network: Vec<u8>) -> segue_models::Result<ClapEar> {
    let folder = folder(&[(clap.audio_file(), network)]);
    ClapEar::load(runtime, clap, &clap.audio(&open(&folder)).unwrap().unwrap())
}

fn hear(ear: &mut ClapEar, signal: &[f32], block: usize) -> Option<[f32; CLAP_LEN]> {
    let mut listener = ClapListener::new(ear.clap()).unwrap();
    for piece in signal.chunks(block) {
        listener.push(ear, piece).unwrap();
    }
    listener.finish(ear).unwrap()
}

#[test]
fn blocks_do_not_matter_and_the_end_is_heard() {
    let runtime = &runtimes()[0];
    for clap in Clap::ALL {
        let mut ear = ear(runtime, clap, clap_audio(clap, None)).unwrap();
        // Low, and at the very end high: only the window that ends with the track hears that.
        let signal = [tone(200.0, 14.0), tone(6000.0, 0.7)].concat();
        let whole = hear(&mut ear, &signal, signal.len()).unwrap();
        assert!((whole.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-5);
        for block in [997, 48_000, 480_000] {
            assert_eq!(hear(&mut ear, &signal, block).unwrap(), whole, "{clap:?} in blocks of {block}");
        }
        let without = hear(&mut ear, &signal[..14 * 48_000], 48_000).unwrap();
        assert!(cosine(&whole, &without) < 0.9999);
        // Short ones, silence, nothing, and what is no sound.
        assert!(hear(&mut ear, &tone(300.0, 0.01), 100).is_some());
        assert_eq!(hear(&mut ear, &vec![0.0; 600_000], 48_000), None);
        assert_eq!(hear(&mut ear, &[], 1), None);
        assert_eq!(hear(&mut ear, &[f32::NAN; 1000], 100), None);
        for hostile in [1e9, f32::INFINITY, -f32::MAX] {
            let mut signal = tone(300.0, 1.0);
            signal[100..2000].fill(hostile);
            assert!(hear(&mut ear, &signal, 5000).unwrap().iter().all(|x| x.is_finite()), "{hostile}");
        }
    }
}

#[test]
fn both_runtimes_hear_and_read_alike() {
    let said: Vec<_> = runtimes()
        .iter()
        .map(|runtime| {
            Clap::ALL.map(|clap| {
                let mut ear = ear(runtime, clap, clap_audio(clap, None)).unwrap();
                let bands = if clap == Clap::Dclap { 128 } else { 64 };
                let output = if clap == Clap::Dclap { "text_embedding" } else { "text_embeds" };
                let [low, high] = [tone(150.0, 3.0), tone(7000.0, 3.0)].map(|x| hear(&mut ear, &x, 9999).unwrap());
                // Of any length, and of a fixed one that is filled up.
                for length in [0, 5, 77] {
                    let mut text = text(runtime, clap, clap_text(output, bands, length), None).unwrap();
                    let [l, h] = ["l", "h h"].map(|words| text.embed(words).unwrap());
                    assert!(cosine(&l, &low) > cosine(&h, &low) + 0.3, "{clap:?} {length}");
                    assert!(cosine(&h, &high) > cosine(&l, &high) + 0.3, "{clap:?} {length}");
                    assert!(text.embed(&"l".repeat(100_000)).is_ok());
                    // No letters that it knows: no direction.
                    assert!(matches!(text.embed("x"), Err(Error::NotFinite)));
                }
                low
            })
        })
        .collect();
    for other in &said {
        for (one, other) in said[0].iter().zip(other) {
            assert!(largest_difference(one, other) < 1e-4);
        }
    }
}

fn text(runtime: &Runtime, clap: Clap, network: Vec<u8>, available: Option<u64>) -> segue_models::Result<ClapText> {
    let folder = folder(&[(clap.text_file(), network), ("tokenizer.json", clap_tokens())]);
    let path = clap.text(&folder.path().join("extra")).unwrap().unwrap();
    ClapText::load(runtime, clap, &path, available)
}

#[test]
fn values_in_another_file_are_read_from_beside_it_and_nowhere_else() {
    let clap = Clap::Dclap;
    let weights = 100.0_f32.to_le_bytes();
    let plain = &mut ear(&runtimes()[0], clap, clap_audio(clap, None)).unwrap();
    let expected = hear(plain, &tone(500.0, 2.0), 9999).unwrap();
    for runtime in runtimes() {
        let load = |said: &[(&str, &str)], data: &[u8]| {
            let network = clap_audio(clap, Some(said));
            let folder = folder(&[(clap.audio_file(), network), ("w.data", data.to_vec())]);
            fs::write(folder.path().join("outside"), weights).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink("../outside", folder.path().join("extra/link")).unwrap();
            ClapEar::load(&runtime, clap, &clap.audio(&open(&folder)).unwrap().unwrap())
        };
        let behind = [&[9; 8], &weights[..]].concat();
        for (said, data) in [
            (&[("location", "w.data"), ("offset", "8"), ("length", "4")][..], &behind[..]),
            (&[("location", "w.data"), ("length", "4")], &weights),
        ] {
            let heard = hear(&mut load(said, data).unwrap(), &tone(500.0, 2.0), 9999).unwrap();
            assert!(largest_difference(&heard, &expected) < 1e-5);
        }
        let outside = std::path::absolute("/etc/passwd").unwrap();
        let places = [
            "../outside",
            "../../etc/passwd",
            outside.to_str().unwrap(),
            "",
            ".",
            "..",
            "a/../w.data",
            "..\\w",
            "gone",
            "link",
        ];
        for place in places {
            let error = load(&[("location", place), ("length", "4")], &weights).err().unwrap();
            assert!(matches!(error, Error::Unusable { .. }), "{place}: {error}");
        }
        for (offset, length) in
            [("0", "5"), ("1", "4"), ("18446744073709551615", "4"), ("0", "9999999999999"), ("-1", "4"), ("0", "x")]
        {
            let said = [("location", "w.data"), ("offset", offset), ("length", length)];
            assert!(matches!(load(&said, &weights), Err(Error::Unusable { .. })), "{offset} {length}");
        }
    }
}

#[test]
fn hostile_networks_are_refused_with_a_reason() {
    let nested = (0..40).fold(Vec::new(), |graph: Vec<u8>, _| {
        // A node whose attribute holds a graph that holds a node, and so on.
        let wrap = |field: u8, bytes: &[u8]| {
            let mut out = vec![field << 3 | 2];
            let mut length = bytes.len();
            while length >= 0x80 {
                out.push(length as u8 | 0x80);
                length >>= 7;
            }
            out.push(length as u8);
            out.extend_from_slice(bytes);
            out
        };
        wrap(1, &wrap(5, &wrap(6, &graph)))
    });
    let mut model = vec![7 << 3 | 2];
    let mut length = nested.len();
    while length >= 0x80 {
        model.push(length as u8 | 0x80);
        length >>= 7;
    }
    model.push(length as u8);
    model.extend(nested);
    let good = clap_audio(Clap::Dclap, None);
    let whole = |graph: Graph| graph.output("embedding", &[1, 512]).bytes();
    let input = || Graph::named("mel_spectrogram", &[1, 1, 128, 1001]);
    for runtime in runtimes() {
        for (case, network) in [
            ("nothing", Vec::new()),
            ("noise", b"not a network".to_vec()),
            ("half", good[..good.len() / 2].to_vec()),
            ("nested", model.clone()),
            ("the other CLAP", clap_audio(Clap::HtsatUnfused, None)),
            ("another shape", head(200, 512, 0, "Softmax", "mel_spectrogram", "embedding")),
            (
                "a constant of 2^62",
                whole(input().floats("c", &[1 << 31, 1 << 31], &[1.0]).node("Relu", &["c"], "embedding", &[])),
            ),
            (
                "a constant of 2^80",
                whole(input().floats("c", &[1 << 40, 1 << 40], &[1.0]).node("Relu", &["c"], "embedding", &[])),
            ),
            ("another size than it says", whole(input().node("Relu", &["mel_spectrogram"], "embedding", &[]))),
        ] {
            let error = ear(&runtime, Clap::Dclap, network).err();
            assert!(matches!(&error, Some(Error::Unusable { .. })), "{case}: {error:?}");
        }
        // NaN of everything that is no silence: found when it hears.
        let time = [3];
        let flat = [("axes", Attribute::Many(&time)), ("keepdims", Attribute::One(0))];
        let root = input()
            .integers("shape", &[1, 128])
            .node("ReduceMean", &["mel_spectrogram"], "means", &flat)
            .node("Reshape", &["means", "shape"], "row", &[])
            .node("Concat", &["row"; 4], "sums", &[("axis", Attribute::One(1))])
            .node("Sqrt", &["sums"], "embedding", &[]);
        let mut ear = ear(&runtime, Clap::Dclap, whole(root)).unwrap();
        let mut listener = ClapListener::new(Clap::Dclap).unwrap();
        assert!(matches!(listener.push(&mut ear, &vec![0.1; 480_000]), Err(Error::NotFinite)));
    }
}

#[test]
fn a_text_tower_without_a_mask_reads_texts_as_long_as_they_are() {
    for runtime in runtimes() {
        let output = "text_embedding";
        let mut masked = text(&runtime, Clap::Dclap, clap_text(output, 128, 0), None).unwrap();
        let mut alone = text(&runtime, Clap::Dclap, clap_text_unmasked(output, 128, 0), None).unwrap();
        for words in ["l", "h h", "l h l l"] {
            let difference = largest_difference(&masked.embed(words).unwrap(), &alone.embed(words).unwrap());
            assert!(difference < 1e-6, "{words}: {difference}");
        }
        let fixed = text(&runtime, Clap::Dclap, clap_text_unmasked(output, 128, 77), None).err().unwrap();
        assert!(fixed.to_string().contains("attention_mask"), "{fixed}");
    }
}

#[test]
fn a_text_tower_has_to_be_the_right_one_and_to_have_room() {
    for runtime in runtimes() {
        let good = || clap_text("text_embedding", 128, 0);
        let error = text(&runtime, Clap::Dclap, good(), Some(1 << 20)).err().unwrap();
        assert!(matches!(error, Error::Memory { needed, .. } if needed > 64 << 20), "{error}");
        assert!(error.to_string().contains("MB"), "{error}");
        assert!(text(&runtime, Clap::Dclap, good(), Some(1 << 40)).is_ok());
        let foreign = text(&runtime, Clap::Dclap, clap_text("text_embeds", 64, 0), None).err().unwrap();
        assert!(foreign.to_string().contains("another"), "{foreign}");
        let floats = Graph::named("input_ids", &[1, 0]).node("Relu", &["input_ids"], "text_embedding", &[]);
        let one = Graph::of_whole(&["input_ids"], &[1, 0]).node(
            "Cast",
            &["input_ids"],
            "text_embedding",
            &[("to", Attribute::One(1))],
        );
        for network in [
            Vec::new(),
            good()[..900].to_vec(),
            clap_text("text_embedding", 128, 5000),
            floats.output("text_embedding", &[1, 512]).bytes(),
            one.output("text_embedding", &[1, 512]).bytes(),
            clap_audio(Clap::Dclap, None),
        ] {
            assert!(matches!(text(&runtime, Clap::Dclap, network, None), Err(Error::Unusable { .. })));
        }
        // Without tokens.
        let folder = folder(&[(Clap::Dclap.text_file(), good())]);
        let path = Clap::Dclap.text(&folder.path().join("extra")).unwrap().unwrap();
        assert!(matches!(ClapText::load(&runtime, Clap::Dclap, &path, None), Err(Error::Unusable { .. })));
    }
}

#[test]
fn packs_lie_in_folders_of_their_own() {
    let folder = folder(&[]);
    let extra = folder.path().join("extra");
    for (pack, clap) in [("clap", Clap::Dclap), ("clap-htsat", Clap::HtsatUnfused)] {
        assert_eq!(clap.audio(&open(&folder)).unwrap(), None);
        fs::create_dir(extra.join(pack)).unwrap();
        fs::write(extra.join(pack).join(clap.audio_file()), clap_audio(clap, None)).unwrap();
        fs::write(extra.join(pack).join(clap.text_file()), b"").unwrap();
        assert_eq!(clap.audio(&open(&folder)).unwrap(), Some(extra.join(pack).join(clap.audio_file())));
        assert_eq!(clap.text(&extra).unwrap(), Some(extra.join(pack).join(clap.text_file())));
    }
    // No heads, and heads in a pack are found.
    fs::create_dir(extra.join("heads")).unwrap();
    fs::write(extra.join("heads/x-msd-musicnn-1.onnx"), head(200, 2, 0, "Softmax", "in", "out")).unwrap();
    fs::write(extra.join("heads/x-msd-musicnn-1.json"), br#"{"classes": ["a", "b"]}"#).unwrap();
    // Half a download is nothing yet.
    fs::create_dir(extra.join(".new")).unwrap();
    fs::write(extra.join(".new/y-msd-musicnn-1.onnx"), b"").unwrap();
    let heads = Heads::find(&common::rten(), &open(&folder)).unwrap();
    assert!(heads.problems().is_empty(), "{:?}", heads.problems());
    assert_eq!(heads.names().map(|(name, _)| name.to_owned()).collect::<Vec<_>>(), ["x-msd-musicnn-1"]);
}
