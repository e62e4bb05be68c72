//! ONNX files from anywhere: looked through before a runtime sees them, and made whole where they keep their weights in
//! another file.
//!
//! Of `onnx.proto3`: `ModelProto.graph` is field 7 and `functions` 25; `GraphProto.node` 1, `initializer` 5,
//! `sparse_initializer` 15; `NodeProto.attribute` 5; `FunctionProto.node` 7; `AttributeProto.t` 5, `g` 6, `tensors` 10,
//! `graphs` 11; `TensorProto.dims` 1, `raw_data` 9, `external_data` 13 and `data_location` 14.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use crate::wire::{CUT, Value, fields, put_bytes, varint};

/// Graphs inside of graphs.
const DEEPEST: usize = 12;
/// Bits of the smallest element that ONNX knows.
const SMALLEST_BITS: u64 = 4;

/// What a look through a file found.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Constants whose values lie in another file.
    pub(crate) external: usize,
}

/// Looks through the bytes of a model: that it can be read, that no constant claims to be larger than the file, and
/// that values outside of the file are those of constants of the main graph. The error says what is wrong.
pub(crate) fn inspect(model: &[u8]) -> Result<Found, String> {
    let mut found = Found::default();
    let mut graphs = 0;
    for field in fields(model) {
        let field = field?;
        match field.number {
            7 => {
                graphs += 1;
                graph(field.bytes()?, 0, &mut found)?;
            }
            25 => {
                for part in fields(field.bytes()?) {
                    let part = part?;
                    if part.number == 7 {
                        node(part.bytes()?, 0)?;
                    }
                }
            }
            _ => {}
        }
    }
    if graphs == 1 { Ok(found) } else { Err(CUT.to_owned()) }
}

/// The model with all its values inside: those that it keeps in other files are read from files beside it, of at most
/// `most` bytes together. A file elsewhere is not opened.
pub(crate) fn made_whole(model: &[u8], folder: &Path, most: u64) -> Result<Vec<u8>, String> {
    let mut whole = Vec::with_capacity(model.len());
    let mut left = most;
    for field in fields(model) {
        let field = field?;
        if field.number != 7 {
            whole.extend_from_slice(field.whole);
            continue;
        }
        let mut graph = Vec::new();
        for part in fields(field.bytes()?) {
            let part = part?;
            match part.number {
                5 => match External::of(part.bytes()?)? {
                    Some(external) => {
                        let values = external.read(folder, &mut left)?;
                        let mut tensor = Vec::with_capacity(values.len() + 64);
                        for field in fields(part.bytes()?) {
                            let field = field?;
                            if !matches!(field.number, 9 | 13 | 14) {
                                tensor.extend_from_slice(field.whole);
                            }
                        }
                        put_bytes(&mut tensor, 9, &values);
                        put_bytes(&mut graph, 5, &tensor);
                    }
                    None => graph.extend_from_slice(part.whole),
                },
                _ => graph.extend_from_slice(part.whole),
            }
        }
        put_bytes(&mut whole, 7, &graph);
    }
    Ok(whole)
}

fn graph(bytes: &[u8], depth: usize, found: &mut Found) -> Result<(), String> {
    for field in fields(bytes) {
        let field = field?;
        match field.number {
            1 => node(field.bytes()?, depth)?,
            5 if tensor(field.bytes()?)? => {
                if depth > 0 {
                    return Err(ELSEWHERE.to_owned());
                }
                found.external += 1;
            }
            15 => return Err("it has sparse constants, which are not read here".to_owned()),
            _ => {}
        }
    }
    Ok(())
}

const ELSEWHERE: &str = "it keeps values in another file that are no constants of its main graph";

fn node(bytes: &[u8], depth: usize) -> Result<(), String> {
    if depth >= DEEPEST {
        return Err("its graphs are nested too deeply".to_owned());
    }
    for attribute in fields(bytes) {
        let attribute = attribute?;
        if attribute.number != 5 {
            continue;
        }
        for field in fields(attribute.bytes()?) {
            let field = field?;
            match field.number {
                5 | 10 if tensor(field.bytes()?)? => return Err(ELSEWHERE.to_owned()),
                6 | 11 => graph(field.bytes()?, depth + 1, &mut Found::default())?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// Checks a constant's claim. Whether its values lie in another file.
fn tensor(bytes: &[u8]) -> Result<bool, String> {
    let mut elements = 1_u64;
    let mut claim = |dimension: u64| -> Result<(), String> {
        elements = elements.checked_mul(dimension).ok_or("a constant claims a size that no machine has")?;
        Ok(())
    };
    for field in fields(bytes) {
        let field = field?;
        match (field.number, field.value) {
            (1, Value::Number(dimension)) => claim(dimension)?,
            (1, Value::Bytes(mut packed)) => {
                while !packed.is_empty() {
                    claim(varint(&mut packed).ok_or(CUT)?)?;
                }
            }
            _ => {}
        }
    }
    let external = External::of(bytes)?;
    let there = external.as_ref().map_or(bytes.len() as u64, |external| external.length.unwrap_or(u64::MAX));
    if elements / (8 / SMALLEST_BITS) > there {
        return Err("a constant claims to be larger than the values that it brings".to_owned());
    }
    Ok(external.is_some())
}

/// Where the values of a constant lie.
struct External {
    location: String,
    offset: u64,
    length: Option<u64>,
}

impl External {
    fn of(tensor: &[u8]) -> Result<Option<Self>, String> {
        let (mut external, mut entries) = (false, Vec::new());
        for field in fields(tensor) {
            let field = field?;
            match (field.number, &field.value) {
                (13, _) => entries.push(field.bytes()?),
                (14, Value::Number(place)) => external = *place == 1,
                _ => {}
            }
        }
        if !external && entries.is_empty() {
            return Ok(None);
        }
        let mut said = Self { location: String::new(), offset: 0, length: None };
        for entry in entries {
            let (mut key, mut value) = ("", "");
            for field in fields(entry) {
                let field = field?;
                let text = std::str::from_utf8(field.bytes()?).map_err(|e| e.to_string())?;
                match field.number {
                    1 => key = text,
                    2 => value = text,
                    _ => {}
                }
            }
            let number = || value.parse().map_err(|_| format!("its {key} `{}` is no number", value.escape_debug()));
            match key {
                "location" => value.clone_into(&mut said.location),
                "offset" => said.offset = number()?,
                "length" => said.length = Some(number()?),
                _ => {}
            }
        }
        Ok(Some(said))
    }

    /// The values, from a file in `folder`.
    fn read(&self, folder: &Path, left: &mut u64) -> Result<Vec<u8>, String> {
        let name = self.location.as_str();
        let plain = Path::new(name).file_name() == Some(name.as_ref()) && !name.contains(['/', '\\', ':', '\0']);
        if !plain {
            return Err(format!("it wants values from `{}`, which is no file beside it", name.escape_debug()));
        }
        let path = folder.join(name);
        let failed = |error: std::io::Error| format!("{name}, which belongs to it: {error}");
        // A link may lead anywhere.
        let metadata = fs::symlink_metadata(&path).map_err(failed)?;
        if !metadata.is_file() {
            return Err(format!("{name}, which belongs to it, is no regular file"));
        }
        let behind = metadata.len().checked_sub(self.offset);
        let length = self.length.or(behind).filter(|length| behind.is_some_and(|behind| *length <= behind));
        let Some(length) = length else { return Err(format!("{name}, which belongs to it, is too short")) };
        *left = left.checked_sub(length).ok_or("its values are larger than any network taken here")?;
        let mut file = fs::File::open(&path).map_err(failed)?;
        file.seek(SeekFrom::Start(self.offset)).map_err(failed)?;
        let mut values = Vec::new();
        file.take(length).read_to_end(&mut values).map_err(failed)?;
        if values.len() as u64 == length {
            Ok(values)
        } else {
            Err(format!("{name}, which belongs to it, is too short"))
        }
    }
}
