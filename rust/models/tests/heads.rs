//! Heads and EffNet that a person adds are used if they are what they should be, and reported if they are not.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/onnx.rs"]
mod onnx;

use std::fs;
use std::path::Path;

use common::{largest_difference, runtimes};
use onnx::{Attribute, Graph, folder, head, open, weights};
use segue_models::{
    BANDS, Catalogue, DENSE_LEN, EFFNET_LEN, Effnet, Embedding, Error, HeadOutput, Heads, Model, Network, PATCH_LEN,
    Runtime,
};

const MSD: Embedding = Embedding::Musicnn(Network::Msd);
const MTT: Embedding = Embedding::Musicnn(Network::Mtt);

/// What such a head says of a track.
fn expected(patches: &[f32], width: usize, classes: usize, softmax: bool) -> Vec<f32> {
    let weights = weights(width * classes);
    let mut means = vec![0.0; classes];
    for x in patches.chunks(width) {
        let sum = |k| x.iter().enumerate().map(|(i, x)| f64::from(*x) * f64::from(weights[i * classes + k])).sum();
        let sums: Vec<f64> = (0..classes).map(sum).collect();
        let total: f64 = sums.iter().map(|x| x.exp()).sum();
        for (mean, sum) in means.iter_mut().zip(sums) {
            let value = if softmax { sum.exp() / total } else { 1.0 / (1.0 + (-sum).exp()) };
            *mean += value / (patches.len() / width) as f64;
        }
    }
    means.into_iter().map(|x| x as f32).collect()
}

fn description(width: usize, classes: &[&str], model: &str, input: &str, output: &str) -> Vec<u8> {
    serde_json::json!({
        "name": "test",
        "classes": classes,
        "schema": {
            "inputs": [{ "name": input, "type": "float", "shape": ["batch_size", width] }],
            "outputs": [
                { "name": output, "type": "float", "shape": ["batch_size", classes.len()], "output_purpose": "predictions" },
                { "name": "model/dense/BiasAdd", "type": "float", "shape": [100], "output_purpose": "embeddings" },
            ],
        },
        "inference": { "algorithm": "TensorflowPredict2D", "embedding_model": { "model_name": model } },
    })
    .to_string()
    .into_bytes()
}

/// Embeddings of `rows` patches.
fn embeddings(rows: usize, width: usize) -> Vec<f32> {
    (0..rows * width).map(|i| ((i * 7919 % 1000) as f32 - 480.0) / 300.0).collect()
}

#[test]
fn a_head_weighs_the_patches() {
    let network = head(DENSE_LEN, 2, 0, "Softmax", "embeddings", "activations");
    let files = [
        ("mood-msd-musicnn-1.onnx", network),
        ("mood-msd-musicnn-1.json", description(DENSE_LEN, &["a", "b"], "msd-musicnn-1", "embeddings", "activations")),
    ];
    for runtime in runtimes() {
        let mut heads = heads(&runtime, &files);
        let patches = embeddings(2, DENSE_LEN);
        let mut say = |patches: &[f32], weights: &[f32]| heads.hear(MSD, patches, weights).remove(0).unwrap().values[0];
        let (one, two) = (say(&patches[..DENSE_LEN], &[]), say(&patches[DENSE_LEN..], &[]));
        assert!((one - two).abs() > 1e-3, "the patches say the same");
        assert!((say(&patches, &[3.0, 1.0]) - (0.75 * one + 0.25 * two)).abs() < 1e-5);
        assert!((say(&patches, &[]) - 0.5 * (one + two)).abs() < 1e-5);
        assert!((say(&patches, &[1.0]) - one).abs() < 1e-5);
        assert!(matches!(heads.hear(MSD, &patches, &[0.0, 0.0]).remove(0), Err(Error::Head { .. })));
    }
}

fn heads(runtime: &Runtime, files: &[(&str, Vec<u8>)]) -> Heads {
    Heads::find(runtime, &open(&folder(files))).unwrap()
}

fn answers(heads: &mut Heads, on: Embedding, patches: &[f32]) -> Vec<HeadOutput> {
    heads.hear(on, patches, &[]).into_iter().map(Result::unwrap).collect()
}

#[test]
fn heads_say_what_their_weights_say() {
    let files = [
        ("danceability-msd-musicnn-1.onnx", head(200, 2, 0, "Softmax", "model/Placeholder", "model/Softmax")),
        (
            "danceability-msd-musicnn-1.json",
            description(200, &["danceable", "not_danceable"], "msd-musicnn-1", "model/Placeholder", "model/Softmax"),
        ),
        // One patch at a time, tensor names with TensorFlow's numbers in one place and not in the other.
        ("deam-mtt-musicnn-2.onnx", head(200, 2, 1, "Sigmoid", "flatten_in_input", "dense_out:0")),
        ("deam-mtt-musicnn-2.json", description(200, &["valence", "arousal"], "mtt-musicnn-1", "in", "dense_out")),
        // Blocks of 64 patches, an output by another name than described.
        ("genre-discogs-effnet-1.onnx", head(1280, 5, 64, "Sigmoid", "embeddings", "activations")),
        (
            "genre-discogs-effnet-1.json",
            description(1280, &["a", "b", "c", "d", "e"], "discogs-effnet-bs64-1", "x", "PartitionedCall:0"),
        ),
    ];
    let (short, long) = (embeddings(3, 200), embeddings(150, 200));
    let discogs = embeddings(67, 1280);
    for runtime in runtimes() {
        let mut heads = heads(&runtime, &files);
        assert!(heads.problems().is_empty(), "{:?}", heads.problems());
        let names: Vec<_> = heads.names().map(|(name, on)| (name.to_owned(), on)).collect();
        let of = |name: &str, on| (name.to_owned(), on);
        assert_eq!(
            names,
            [
                of("danceability-msd-musicnn-1", MSD),
                of("deam-mtt-musicnn-2", MTT),
                of("genre-discogs-effnet-1", Embedding::Effnet)
            ]
        );
        for patches in [&short, &long] {
            let said = answers(&mut heads, MSD, patches);
            assert_eq!(said.len(), 1);
            assert_eq!(said[0].head, "danceability-msd-musicnn-1");
            assert_eq!(*said[0].classes, ["danceable".to_owned(), "not_danceable".to_owned()]);
            assert!(largest_difference(&said[0].values, &expected(patches, 200, 2, true)) < 1e-5);
            let said = answers(&mut heads, MTT, patches);
            assert!(largest_difference(&said[0].values, &expected(patches, 200, 2, false)) < 1e-5);
        }
        let said = answers(&mut heads, Embedding::Effnet, &discogs);
        assert!(largest_difference(&said[0].values, &expected(&discogs, 1280, 5, false)) < 1e-5);
        assert!(heads.hear(MSD, &[], &[]).is_empty());
    }
}

#[test]
fn the_version_is_that_of_the_files() {
    let runtime = common::rten();
    let file = |classes: &[&str], activation: &str| {
        [
            ("x-msd-musicnn-1.onnx", head(200, 2, 0, activation, "in", "out")),
            ("x-msd-musicnn-1.json", description(200, classes, "msd-musicnn-1", "in", "out")),
        ]
    };
    let version = |files: &[(&str, Vec<u8>)]| heads(&runtime, files).version().to_owned();
    let first = version(&file(&["a", "b"], "Softmax"));
    assert_eq!(first.len(), 16);
    assert_eq!(version(&file(&["a", "b"], "Softmax")), first);
    let mut others =
        vec![version(&file(&["a", "c"], "Softmax")), version(&file(&["a", "b"], "Sigmoid")), version(&[]), first];
    let mut renamed = file(&["a", "b"], "Softmax");
    (renamed[0].0, renamed[1].0) = ("y-msd-musicnn-1.onnx", "y-msd-musicnn-1.json");
    others.push(version(&renamed));
    others.sort_unstable();
    others.dedup();
    assert_eq!(others.len(), 5, "{others:?}");
    // No folder at all is no heads.
    let bare = folder(&[]);
    fs::remove_dir(bare.path().join("extra")).unwrap();
    assert_eq!(Heads::find(&runtime, &open(&bare)).unwrap().version(), "");
}

#[test]
fn what_is_no_head_is_left_out_and_named() {
    let good = head(200, 2, 0, "Softmax", "in", "out");
    let described = |width, model: &str| description(width, &["a", "b"], model, "in", "out");
    let plain = || described(200, "msd-musicnn-1");
    let two = |graph: Graph| graph.output("out", &[0, 2]).bytes();
    let pick = [("axes", Attribute::Many(&[1])), ("keepdims", Attribute::One(0))];
    // Which case, its network and description, and a part of the complaint.
    type Case = (&'static str, Vec<u8>, Option<Vec<u8>>, &'static str);
    let cases: Vec<Case> = vec![
        ("no description", good.clone(), None, "no x.json"),
        ("no JSON", good.clone(), Some(b"{".to_vec()), "does not describe"),
        ("another JSON", good.clone(), Some(b"[1, 2]".to_vec()), "does not describe"),
        ("no classes", good.clone(), Some(b"{}".to_vec()), "no classes"),
        (
            "other classes",
            good.clone(),
            Some(description(200, &["a", "b", "c"], "msd-musicnn-1", "in", "out")),
            "not 3",
        ),
        ("no network", b"not a network".to_vec(), Some(plain()), "cannot load"),
        ("half a network", good[..good.len() / 2].to_vec(), Some(plain()), "cannot load"),
        ("nothing", Vec::new(), Some(plain()), ""),
        ("another width", head(512, 2, 0, "Softmax", "in", "out"), Some(described(512, "openl3")), "not [rows, 200]"),
        ("another MusiCNN's width", good.clone(), Some(described(200, "openl3-music-mel128")), "does not run"),
        (
            "another EffNet",
            head(1280, 2, 0, "Softmax", "in", "out"),
            Some(described(1280, "discogs_artist")),
            "does not run",
        ),
        ("whole numbers", two(Graph::of_integers(&[0, 200])), Some(plain()), ""),
        (
            "two outputs of a width, neither described",
            Graph::new(&[0, 200])
                .floats("w", &[200, 2], &weights(400))
                .node("MatMul", &["input", "w"], "one", &[])
                .node("Softmax", &["one"], "two", &[])
                .output("one", &[0, 2])
                .output("two", &[0, 2])
                .bytes(),
            Some(plain()),
            "no single one",
        ),
        (
            "one number for all rows",
            Graph::new(&[0, 200]).node("ReduceMax", &["input"], "out", &pick).output("out", &[0]).bytes(),
            Some(plain()),
            "",
        ),
        (
            "another size than it says",
            Graph::new(&[0, 200])
                .floats("w", &[200, 3], &weights(600))
                .node("MatMul", &["input", "w"], "out", &[])
                .output("out", &[0, 0])
                .bytes(),
            Some(plain()),
            "",
        ),
        ("no such operator", two(Graph::new(&[0, 200]).node("Enchant", &["input"], "out", &[])), Some(plain()), ""),
        ("a loose end", two(Graph::new(&[0, 200]).node("Relu", &["nowhere"], "out", &[])), Some(plain()), ""),
    ];
    for runtime in runtimes() {
        for (case, network, description, reason) in &cases {
            let mut files = vec![
                ("x.onnx", network.clone()),
                ("good.onnx", good.clone()),
                ("good.json", plain()),
                ("notes.txt", b"not looked at".to_vec()),
            ];
            files.extend(description.iter().map(|text| ("x.json", text.clone())));
            let mut heads = heads(&runtime, &files);
            let runtime = runtime.name();
            let [problem] = heads.problems() else { unreachable!("{runtime}, {case}: {:?}", heads.problems()) };
            let text = problem.to_string();
            assert!(matches!(problem, Error::Unusable { .. }), "{runtime}, {case}: {text}");
            assert!(text.contains("x.onnx") || text.contains("x.json"), "{runtime}, {case}: {text}");
            assert!(text.contains(reason), "{runtime}, {case}: {text}");
            assert_eq!(answers(&mut heads, MSD, &embeddings(2, 200)).len(), 1, "{runtime}, {case}");
        }
    }
}

#[test]
fn a_head_that_fails_on_a_track_says_so_and_the_others_answer() {
    // The square root of what is negative.
    let root = Graph::new(&[0, 200])
        .floats("w", &[200, 2], &[1.0; 400])
        .node("MatMul", &["input", "w"], "sums", &[])
        .node("Sqrt", &["sums"], "out", &[])
        .output("out", &[0, 2])
        .bytes();
    let files = [
        ("a.onnx", root),
        ("a.json", description(200, &["a", "b"], "msd-musicnn-1", "in", "out")),
        ("b.onnx", head(200, 2, 0, "Softmax", "in", "out")),
        ("b.json", description(200, &["a", "b"], "msd-musicnn-1", "in", "out")),
    ];
    for runtime in runtimes() {
        let mut heads = heads(&runtime, &files);
        assert!(heads.problems().is_empty(), "{:?}", heads.problems());
        let said = heads.hear(MSD, &[-1.0; 400], &[]);
        assert!(
            matches!(&said[0], Err(Error::Head { head, source }) if head == "a" && matches!(**source, Error::NotFinite))
        );
        assert!(said[1].is_ok());
        assert!(heads.hear(MSD, &[1.0; 400], &[]).iter().all(Result::is_ok));
        for bad in [&[1.0; 399][..], &[f32::NAN; 200]] {
            assert!(heads.hear(MSD, bad, &[]).iter().all(|said| matches!(said, Err(Error::Head { .. }))));
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_opened() {
    let folder = folder(&[("a.json", description(200, &["a"], "msd-musicnn-1", "in", "out"))]);
    fs::create_dir(folder.path().join("extra/a.onnx")).unwrap();
    // Endless, were it read.
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("extra/b.onnx")).unwrap();
    fs::write(folder.path().join("extra/b.json"), description(200, &["a"], "msd-musicnn-1", "in", "out")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("extra/c.json")).unwrap();
    fs::write(folder.path().join("extra/c.onnx"), "").unwrap();
    let heads = Heads::find(&common::rten(), &open(&folder)).unwrap();
    assert_eq!(heads.problems().len(), 3);
    for problem in heads.problems() {
        assert!(problem.to_string().contains("no regular file"), "{problem}");
    }
}

/// An EffNet whose embedding is the start of its patch and whose styles are the sigmoid of its first four values.
fn effnet(rows: usize) -> Vec<u8> {
    Graph::named("melspectrogram", &[rows, 128, BANDS])
        .integers("flat", &[-1, 128 * BANDS as i64])
        .integers("start", &[0])
        .integers("embedding_end", &[EFFNET_LEN as i64])
        .integers("styles_end", &[4])
        .integers("axis", &[1])
        .node("Reshape", &["melspectrogram", "flat"], "patch", &[])
        .node("Slice", &["patch", "start", "embedding_end", "axis"], "embeddings", &[])
        .node("Slice", &["patch", "start", "styles_end", "axis"], "logits", &[])
        .node("Sigmoid", &["logits"], "activations", &[])
        .output("activations", &[rows, 4])
        .output("embeddings", &[rows, EFFNET_LEN])
        .bytes()
}

fn effnet_description() -> Vec<u8> {
    serde_json::json!({
        "classes": ["Rock---Punk", "Electronic---House", "Jazz---Bop", "Folk, World, & Country---Fado"],
        "schema": {
            "inputs": [{ "name": "melspectrogram", "type": "float", "shape": ["batch_size", 128, 96] }],
            "outputs": [
                { "name": "activations", "shape": ["batch_size", 400], "output_purpose": "predictions" },
                { "name": "embeddings", "shape": ["batch_size", 1280], "output_purpose": "embeddings" },
            ],
        },
    })
    .to_string()
    .into_bytes()
}

#[test]
fn effnet_hears_the_middle_of_a_patch() {
    let files = [
        ("discogs-effnet-bs64-1.onnx", effnet(64)),
        ("discogs-effnet-bs64-1.json", effnet_description()),
        ("discogs-effnet-bsdynamic-1.onnx", effnet(0)),
        ("discogs-effnet-bsdynamic-1.json", effnet_description()),
        ("styles-discogs-effnet-1.onnx", head(1280, 2, 0, "Softmax", "in", "out")),
        ("styles-discogs-effnet-1.json", description(1280, &["a", "b"], "discogs-effnet-bs64-1", "in", "out")),
    ];
    let folder = folder(&files);
    let patch: Vec<f32> = (0..PATCH_LEN).map(|i| (i as f32 * 0.37).sin()).collect();
    for runtime in runtimes() {
        // The first is for 64 patches at once: the second is taken.
        let mut effnet = Effnet::find(&runtime, &open(&folder)).unwrap().unwrap();
        assert_eq!(effnet.version().len(), 16);
        assert_eq!(effnet.styles()[3], "Folk, World, & Country---Fado");
        let output = effnet.run(&patch).unwrap();
        // 187 frames: 29 before the middle 128, and 30 behind.
        let middle = &patch[29 * BANDS..][..EFFNET_LEN];
        assert_eq!(output.dense, middle);
        let sigmoids: Vec<f32> = middle[..4].iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
        assert!(largest_difference(&output.tags, &sigmoids) < 1e-6);
        assert_eq!(effnet.run(&patch[..128 * BANDS]).unwrap().dense, patch[..EFFNET_LEN]);
        for length in [0, 127 * BANDS, PATCH_LEN - 1] {
            assert!(matches!(effnet.run(&patch[..length]), Err(Error::PatchLength { .. })), "{length}");
        }
        assert!(matches!(effnet.run(&[f32::NAN; PATCH_LEN]), Err(Error::NotFinite)));

        let mut heads = Heads::find(&runtime, &open(&folder)).unwrap();
        assert!(heads.problems().is_empty(), "{:?}", heads.problems());
        assert_eq!(answers(&mut heads, Embedding::Effnet, &output.dense).len(), 1);
    }
}

#[test]
fn an_effnet_that_cannot_be_used_is_an_error_and_none_is_none() {
    let runtime = common::rten();
    assert!(Effnet::find(&runtime, &open(&folder(&[]))).unwrap().is_none());
    for (network, reason) in
        [(effnet(64), "bsdynamic"), (b"?".to_vec(), ""), (head(200, 4, 0, "Softmax", "in", "out"), "")]
    {
        let files = [("discogs-effnet-1.onnx", network), ("discogs-effnet-1.json", effnet_description())];
        let error = Effnet::find(&runtime, &open(&folder(&files))).err().unwrap();
        assert!(matches!(error, Error::Unusable { .. }) && error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn another_folder_can_be_the_one_of_added_models() {
    let (empty, full) = (folder(&[]), folder(&[("models.toml", b"[[model]]\nfile = 3".to_vec())]));
    let catalogue = open(&empty);
    assert_eq!(catalogue.extra(), empty.path().join("extra"));
    let error = catalogue.clone().with_extra(&full.path().join("extra")).unwrap_err();
    assert!(matches!(&error, Error::Catalogue { path, .. } if path.ends_with("extra/models.toml")), "{error}");
    assert!(matches!(Catalogue::open(full.path()), Err(Error::Catalogue { .. })));
    let nowhere = catalogue.with_extra(Path::new("/nowhere/at/all")).unwrap();
    assert_eq!(Heads::find(&common::rten(), &nowhere).unwrap().names().count(), 0);
}

#[test]
fn widths_are_those_of_the_embeddings() {
    assert_eq!([MSD, MTT, Embedding::Effnet].map(Embedding::width), [DENSE_LEN, DENSE_LEN, EFFNET_LEN]);
}

#[test]
fn damaged_networks_are_refused_or_run_and_do_not_panic() {
    let good = head(200, 2, 0, "Softmax", "in", "out");
    let text = description(200, &["a", "b"], "msd-musicnn-1", "in", "out");
    let mut state = 1_u32;
    let mut random = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % n
    };
    // Before and behind the weights, where a change means something.
    let places: Vec<usize> = (0..120).chain(good.len() - 70..good.len()).collect();
    let folder = folder(&[("x.json", text)]);
    let mut taken = 0;
    for runtime in runtimes() {
        for _ in 0..200 {
            let mut bad = good.clone();
            for _ in 0..1 + random(3) {
                bad[places[random(places.len())]] = random(256) as u8;
            }
            fs::write(folder.path().join("extra/x.onnx"), &bad).unwrap();
            let mut heads = Heads::find(&runtime, &open(&folder)).unwrap();
            for said in heads.hear(MSD, &embeddings(3, 200), &[]).into_iter().flatten() {
                assert!(said.values.len() == 2 && said.values.iter().all(|x| x.is_finite()));
                taken += 1;
            }
        }
    }
    assert!(taken > 0);
}
