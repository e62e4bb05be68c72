//! Small networks as ONNX files, written by hand: the tests need the tensors of large ones, not their weights.
#![allow(dead_code, clippy::unwrap_used)] // Each test takes a part of it.

use std::fmt::Write as _;
use std::fs;

use segue_models::{Catalogue, Clap, VGGISH_LEN};
use sha2::{Digest, Sha256};

const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// A protocol-buffer message that is being written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    fn all(self, field: u64, messages: impl IntoIterator<Item = Self>) -> Self {
        messages.into_iter().fold(self, |message, part| message.bytes(field, &part.0))
    }
}

/// A network; its first input is called `input` unless renamed.
pub(crate) struct Graph {
    inputs: Vec<Message>,
    outputs: Vec<Message>,
    nodes: Vec<Message>,
    constants: Vec<Message>,
}

/// An attribute of a node: whole numbers, or one.
pub(crate) enum Attribute<'a> {
    Many(&'a [i64]),
    One(i64),
}

/// A dimension of 0 is left open.
fn tensor(name: &str, kind: u64, shape: &[usize]) -> Message {
    let dimension = |n: &usize| match n {
        0 => Message::default().bytes(2, b"open"),
        n => Message::default().number(1, *n as u64),
    };
    let shape = Message::default().all(1, shape.iter().map(dimension));
    let tensor = Message::default().number(1, kind).bytes(2, &shape.0);
    Message::default().bytes(1, name.as_bytes()).bytes(2, &Message::default().bytes(1, &tensor.0).0)
}

impl Graph {
    pub(crate) fn new(shape: &[usize]) -> Self {
        Self::of("input", FLOAT, shape)
    }

    pub(crate) fn named(name: &str, shape: &[usize]) -> Self {
        Self::of(name, FLOAT, shape)
    }

    /// One that takes whole numbers.
    pub(crate) fn of_integers(shape: &[usize]) -> Self {
        Self::of("input", INT64, shape)
    }

    fn of(name: &str, kind: u64, shape: &[usize]) -> Self {
        Self { inputs: vec![tensor(name, kind, shape)], outputs: Vec::new(), nodes: Vec::new(), constants: Vec::new() }
    }

    /// One that takes whole numbers by several names.
    pub(crate) fn of_whole(names: &[&str], shape: &[usize]) -> Self {
        let inputs = names.iter().map(|name| tensor(name, INT64, shape)).collect();
        Self { inputs, outputs: Vec::new(), nodes: Vec::new(), constants: Vec::new() }
    }

    /// A constant of f32 whose values lie in another file, as many as its shape says.
    pub(crate) fn elsewhere(mut self, name: &str, shape: &[usize], said: &[(&str, &str)]) -> Self {
        let constant = shape.iter().fold(Message::default(), |constant, n| constant.number(1, *n as u64));
        let entry =
            |(key, value): &(&str, &str)| Message::default().bytes(1, key.as_bytes()).bytes(2, value.as_bytes());
        let constant = constant.number(2, FLOAT).bytes(8, name.as_bytes()).all(13, said.iter().map(entry));
        self.constants.push(constant.number(14, 1));
        self
    }

    pub(crate) fn output(mut self, name: &str, shape: &[usize]) -> Self {
        self.outputs.push(tensor(name, FLOAT, shape));
        self
    }

    pub(crate) fn node(
        mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, Attribute<'_>)],
    ) -> Self {
        let attribute = |(name, value): &(&str, Attribute<'_>)| {
            let message = Message::default().bytes(1, name.as_bytes());
            match value {
                Attribute::Many(values) => {
                    values.iter().fold(message, |message, value| message.number(8, *value as u64)).number(20, 7)
                }
                Attribute::One(value) => message.number(3, *value as u64).number(20, 2),
            }
        };
        let node = inputs.iter().fold(Message::default(), |node, input| node.bytes(1, input.as_bytes()));
        let node = node.bytes(2, output.as_bytes()).bytes(3, output.as_bytes()).bytes(4, operator.as_bytes());
        self.nodes.push(node.all(5, attributes.iter().map(attribute)));
        self
    }

    pub(crate) fn floats(self, name: &str, shape: &[usize], values: &[f32]) -> Self {
        self.constant(name, FLOAT, shape, &values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())
    }

    pub(crate) fn integers(self, name: &str, values: &[i64]) -> Self {
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.constant(name, INT64, &[values.len()], &bytes)
    }

    fn constant(mut self, name: &str, kind: u64, shape: &[usize], bytes: &[u8]) -> Self {
        let constant = shape.iter().fold(Message::default(), |constant, n| constant.number(1, *n as u64));
        self.constants.push(constant.number(2, kind).bytes(8, name.as_bytes()).bytes(9, bytes));
        self
    }

    /// The file.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let graph = Message::default().all(1, self.nodes).bytes(2, b"test").all(5, self.constants);
        let graph = graph.all(11, self.inputs).all(12, self.outputs);
        let opset = Message::default().bytes(1, b"").number(2, 17);
        Message::default().number(1, 8).bytes(8, &opset.0).bytes(7, &graph.0).0
    }
}

/// A models folder with nothing in its list and these files in `extra`.
pub(crate) fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("models.toml"), "model = []\n").unwrap();
    fs::create_dir(folder.path().join("extra")).unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join("extra").join(name), bytes).unwrap();
    }
    folder
}

pub(crate) fn open(folder: &tempfile::TempDir) -> Catalogue {
    Catalogue::open(folder.path()).unwrap()
}

pub(crate) fn weights(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 37 % 101) as f32 - 50.0) / 400.0).collect()
}

/// Class `k` gets the softmax, or the sigmoid, of `Σ x[i] · w[i, k]`. `rows` of 0 leaves their number open.
pub(crate) fn head(width: usize, classes: usize, rows: usize, activation: &str, input: &str, output: &str) -> Vec<u8> {
    Graph::named(input, &[rows, width])
        .floats("w", &[width, classes], &weights(width * classes))
        .node("MatMul", &[input, "w"], "sums", &[])
        .node(activation, &["sums"], output, &[])
        .output(output, &[rows, classes])
        .bytes()
}

/// A VGGish whose embedding is the mean and then the maximum of each band of its patch.
pub(crate) fn vggish(shape: &[usize]) -> Vec<u8> {
    let frames = shape.iter().position(|n| *n == 96).unwrap() as i64;
    let axes = [frames];
    let attributes = || [("axes", Attribute::Many(&axes)), ("keepdims", Attribute::One(0))];
    let flat = |graph: Graph, name: &str| graph.node("Reshape", &[name, "bands"], &format!("{name}_flat"), &[]);
    let graph = Graph::named("patch", shape)
        .integers("bands", &[-1, 64])
        .node("ReduceMean", &["patch"], "mean", &attributes())
        .node("ReduceMax", &["patch"], "max", &attributes());
    flat(flat(graph, "mean"), "max")
        .node("Concat", &["mean_flat", "max_flat"], "embedding", &[("axis", Attribute::One(1))])
        .output("embedding", &[shape[0], VGGISH_LEN])
        .bytes()
}

/// A list of models that holds it.
pub(crate) fn listing(file: &str, bytes: &[u8]) -> Vec<u8> {
    let mut digest = String::new();
    for byte in Sha256::digest(bytes) {
        write!(digest, "{byte:02X}").unwrap();
    }
    let length = bytes.len();
    format!(
        "[[model]]\nfile = \"{file}\"\nsha256 = \"{digest}\"\nbytes = {length}\nnetwork = \"vggish\"\n\
         inputs = [{{ name = \"patch\", type = \"f32\", shape = [\"patches\", 1, 96, 64] }}]\n\
         outputs = [{{ name = \"embedding\", type = \"f32\", shape = [\"patches\", 128] }}]\n"
    )
    .into_bytes()
}

/// An audio tower whose vector is the mean of each band over time, in hundreds of decibels above −100 and without the mean
/// over the bands, several times over. `values` says where the hundred lies: inside, or in another file.
pub(crate) fn clap_audio(clap: Clap, values: Option<&[(&str, &str)]>) -> Vec<u8> {
    let (input, output, shape, time, bands) = match clap {
        Clap::Dclap => ("mel_spectrogram", "embedding", [1, 1, 128, 1001], 3, 128_usize),
        Clap::HtsatUnfused => ("input_features", "audio_embeds", [0, 1, 1001, 64], 2, 64),
    };
    let axes = [time];
    let flat = [("axes", Attribute::Many(&axes)), ("keepdims", Attribute::One(0))];
    let over = [("axes", Attribute::Many(&[1])), ("keepdims", Attribute::One(1))];
    let graph = Graph::named(input, &shape)
        .integers("shape", &[-1, bands as i64])
        .node("ReduceMean", &[input], "means", &flat)
        .node("Reshape", &["means", "shape"], "rows", &[])
        .node("ReduceMean", &["rows"], "level", &over)
        .node("Sub", &["rows", "level"], "bands", &[])
        .node("Div", &["bands", "hundred"], "scaled", &[])
        .node("Concat", &vec!["scaled"; 512 / bands], output, &[("axis", Attribute::One(1))])
        .output(output, &[shape[0], 512]);
    match values {
        None => graph.floats("hundred", &[1], &[100.0]).bytes(),
        Some(values) => graph.elsewhere("hundred", &[1], values).bytes(),
    }
}

/// Letters that a small text tower knows, from number 4 on.
pub(crate) const LETTERS: [&str; 4] = ["l", "h", "x", "\u{120}"];

/// A text tower whose vector is the sum of its letters' vectors: `l` is low, `h` is high, others are nothing.
pub(crate) fn clap_text(output: &str, bands: usize, length: usize) -> Vec<u8> {
    let mut table = vec![0.0; 8 * 512];
    for (number, low) in [(4, true), (5, false)] {
        for place in 0..512 {
            let band = place % bands;
            table[number * 512 + place] = if (band < bands / 3) == low { 1.0 } else { -0.5 };
        }
    }
    Graph::of_whole(&["input_ids", "attention_mask"], &[1, length])
        .floats("table", &[8, 512], &table)
        .integers("two", &[2])
        .integers("one", &[1])
        .node("Gather", &["table", "input_ids"], "letters", &[])
        .node("Cast", &["attention_mask"], "there", &[("to", Attribute::One(1))])
        .node("Unsqueeze", &["there", "two"], "mask", &[])
        .node("Mul", &["letters", "mask"], "masked", &[])
        .node("ReduceSum", &["masked", "one"], output, &[("keepdims", Attribute::One(0))])
        .output(output, &[1, 512])
        .bytes()
}

/// The same without a mask, as some exports are.
pub(crate) fn clap_text_unmasked(output: &str, bands: usize, length: usize) -> Vec<u8> {
    let mut table = vec![0.0; 8 * 512];
    for (place, value) in table.iter_mut().enumerate().skip(4 * 512).take(2 * 512) {
        *value = if ((place % bands) < bands / 3) == (place < 5 * 512) { 1.0 } else { -0.5 };
    }
    Graph::of_whole(&["input_ids"], &[1, length])
        .floats("table", &[8, 512], &table)
        .integers("one", &[1])
        .node("Gather", &["table", "input_ids"], "letters", &[])
        .node("ReduceSum", &["letters", "one"], output, &[("keepdims", Attribute::One(0))])
        .output(output, &[1, 512])
        .bytes()
}

/// The tokens of that tower.
pub(crate) fn clap_tokens() -> Vec<u8> {
    let mut vocab = serde_json::json!({ "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3 });
    for (letter, number) in LETTERS.iter().zip(4..) {
        vocab[*letter] = number.into();
    }
    serde_json::json!({ "model": { "type": "BPE", "vocab": vocab, "merges": [] } }).to_string().into_bytes()
}
