//! Moods from outside: which way they go, their bounds, and the precedence of heads.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::LazyLock;

use segue_models::{MoodEvidence, Moods, Network, TAGS_LEN};

const CLASSES: [&str; 2] = ["happy", "non_happy"];

/// The means that a network gives to 36 real tracks (`tests/golden/library.json`), but for the tags named.
fn tags(network: Network, named: &[(&str, f32)]) -> Vec<f32> {
    static LIBRARY: LazyLock<serde_json::Value> = LazyLock::new(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/library.json");
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    });
    let tracks = LIBRARY["tracks"].as_array().unwrap();
    let field = format!("{}_tags", network.name());
    let mean = |at: usize| {
        let sum: f64 = tracks.iter().map(|track| track[field.as_str()][at].as_f64().unwrap()).sum();
        (sum / tracks.len() as f64) as f32
    };
    let of = |(at, tag): (usize, &&str)| {
        named.iter().find(|(name, _)| name == tag).map_or_else(|| mean(at), |(_, value)| *value)
    };
    network.tag_names().iter().enumerate().map(of).collect()
}

fn evidence<'a>(msd: &'a [f32], mtt: &'a [f32]) -> MoodEvidence<'a> {
    MoodEvidence { msd, mtt, energy: 0.6, danceability: 1.2, minor: None }
}

fn moods(msd: &[(&str, f32)], mtt: &[(&str, f32)]) -> Moods {
    Moods::of(&evidence(&tags(Network::Msd, msd), &tags(Network::Mtt, mtt))).unwrap()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn styles_have_the_moods_that_they_are_known_for() {
    let metal = moods(&[("metal", 0.6), ("heavy metal", 0.4)], &[("metal", 0.3), ("loud", 0.4), ("fast", 0.4)]);
    let lullaby = moods(&[("Mellow", 0.3), ("sad", 0.2), ("acoustic", 0.4)], &[("slow", 0.6), ("soft", 0.4)]);
    let disco = moods(&[("dance", 0.5), ("party", 0.2), ("happy", 0.1)], &[("dance", 0.4), ("beat", 0.4)]);
    let strings = moods(&[("folk", 0.4), ("acoustic", 0.3)], &[("classical", 0.7), ("strings", 0.6)]);
    let synths = moods(&[("electronic", 0.8), ("electro", 0.5)], &[("techno", 0.7), ("synth", 0.5)]);
    let haze = moods(&[("ambient", 0.7), ("chillout", 0.3)], &[("ambient", 0.6), ("new age", 0.3)]);
    assert!(metal.aggressive > 0.8 && metal.aggressive > lullaby.aggressive + 0.3, "{metal:?} {lullaby:?}");
    assert!(metal.arousal > lullaby.arousal + 0.3 && lullaby.relaxed > metal.relaxed + 0.3, "{metal:?} {lullaby:?}");
    assert!(lullaby.sad > disco.sad + 0.3 && disco.happy > lullaby.happy + 0.2, "{lullaby:?} {disco:?}");
    assert!(disco.party > lullaby.party + 0.3 && disco.valence > lullaby.valence + 0.2, "{disco:?} {lullaby:?}");
    assert!(strings.acoustic > 0.7 && synths.acoustic < 0.3, "{strings:?} {synths:?}");
    assert!(haze.dreamy > metal.dreamy + 0.4, "{haze:?} {metal:?}");
}

#[test]
fn a_minor_key_is_sadder() {
    let (msd, mtt) = (tags(Network::Msd, &[]), tags(Network::Mtt, &[]));
    let of = |minor| Moods::of(&MoodEvidence { minor, ..evidence(&msd, &mtt) }).unwrap();
    let (major, none, minor) = (of(Some(false)), of(None), of(Some(true)));
    assert!(minor.sad > none.sad && none.sad > major.sad, "{major:?} {none:?} {minor:?}");
    assert!(minor.valence < none.valence && none.valence < major.valence, "{major:?} {none:?} {minor:?}");
    assert_eq!(minor.voice, major.voice);
}

/// What the network gave to recordings of each kind, to two figures.
#[test]
fn a_voice_of_either_kind_is_one() {
    let woman =
        [("vocal", 0.29), ("female", 0.44), ("singing", 0.2), ("vocals", 0.17), ("woman", 0.36), ("voice", 0.08)];
    let man = [("vocal", 0.25), ("male", 0.18), ("singing", 0.2), ("vocals", 0.19), ("man", 0.15), ("voice", 0.09)];
    let lack = |value: f32| [("no vocals", value), ("no vocal", value), ("no voice", value)];
    for singer in [woman, man] {
        let sung = moods(&[], &[&singer[..], &lack(0.015)].concat());
        assert!(sung.voice > 0.9, "{sung:?}");
    }
    let silent = [("vocal", 0.01), ("female", 0.01), ("male", 0.01), ("singing", 0.01), ("vocals", 0.01)];
    let played = moods(&[], &[&silent[..], &lack(0.06)].concat());
    assert!(played.voice < 0.05, "{played:?}");
}

#[test]
fn any_probabilities_stay_in_bounds() {
    for value in [0.0, 1e-30, 0.5, 1.0] {
        let all = vec![value; TAGS_LEN];
        for energy in [f32::NAN, f32::NEG_INFINITY, -1e30, 0.0, 1.0, f32::MAX] {
            let extreme = MoodEvidence { energy, danceability: energy, minor: Some(true), ..evidence(&all, &all) };
            let moods = Moods::of(&extreme).unwrap();
            assert!(moods.named().iter().all(|(_, mood)| (0.0..=1.0).contains(mood)), "{value} {energy}: {moods:?}");
            assert_eq!(Moods::of(&extreme), Some(moods));
        }
    }
}

#[test]
fn what_is_not_fifty_probabilities_has_no_moods() {
    let good = tags(Network::Msd, &[]);
    let mut bad = vec![Vec::new(), good[..49].to_vec(), [&good[..], &[0.1]].concat()];
    for value in [f32::NAN, f32::INFINITY, -0.1, 1.1] {
        let mut tags = good.clone();
        tags[17] = value;
        bad.push(tags);
    }
    for bad in &bad {
        assert_eq!(Moods::of(&evidence(bad, &good)), None);
        assert_eq!(Moods::of(&evidence(&good, bad)), None);
    }
}

#[test]
fn heads_take_precedence_whatever_the_order_of_their_classes() {
    let ruled = moods(&[], &[]);
    let (happy, sad) = (strings(&CLASSES), strings(&["non_sad", "sad"]));
    let (voice, electronic) = (strings(&["instrumental", "voice"]), strings(&["electronic", "non_electronic"]));
    let circle = strings(&["valence", "arousal"]);
    let heard = ruled.with_heads([
        ("mood_happy-msd-musicnn-1", &happy[..], &[0.9, 0.1][..]),
        ("mood_sad-msd-musicnn-1", &sad, &[0.75, 0.25]),
        ("voice_instrumental-msd-musicnn-1", &voice, &[0.4, 0.6]),
        ("mood_electronic-msd-musicnn-1", &electronic, &[0.8, 0.2]),
        ("deam-msd-musicnn-2", &circle, &[5.0, 9.5]),
        ("emomusic-msd-musicnn-2", &circle, &[3.0, 7.0]),
    ]);
    let expected = Moods {
        happy: 0.9,
        sad: 0.25,
        voice: 0.6,
        acoustic: 1.0 - 0.8,
        valence: 0.375,
        arousal: (1.0 + 0.75) / 2.0,
        ..ruled
    };
    assert_eq!(heard, expected);
}

#[test]
fn answers_that_mean_nothing_change_nothing() {
    let ruled = moods(&[], &[]);
    let happy = strings(&CLASSES);
    let strange = ruled.with_heads([
        ("mood_happy-msd-musicnn-1", &happy[..], &[f32::NAN, 0.1][..]),
        ("mood_happy-msd-musicnn-1", &happy, &[0.9]),
        ("mood_sad-msd-musicnn-1", &happy, &[0.9, 0.1]),
        ("gender-msd-musicnn-1", &happy, &[0.9, 0.1]),
        ("", &[], &[]),
    ]);
    assert_eq!(strange, ruled);
    assert_eq!(ruled.with_heads([]), ruled);
}

#[test]
fn values_have_their_names() {
    let moods = moods(&[("sad", 0.3)], &[("techno", 0.3)]);
    let named = moods.named();
    let of = |name| named.iter().find(|(other, _)| *other == name).unwrap().1;
    assert_eq!((of("sad"), of("voice"), of("arousal")), (moods.sad, moods.voice, moods.arousal));
    assert_eq!((of("dreamy"), of("party"), of("acoustic")), (moods.dreamy, moods.party, moods.acoustic));
}
