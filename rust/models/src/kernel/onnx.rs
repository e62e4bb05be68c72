//! The constants of an ONNX file, without its graph: as much of the protocol buffers' wire format as that takes.
//!
//! Of `onnx.proto3`: `ModelProto.graph` is field 7, `GraphProto.initializer` 5; of a `TensorProto`, `dims` is 1,
//! `data_type` 2, `name` 8 and `raw_data` 9.

use std::collections::HashMap;

use crate::wire::{CUT, Value, fields, is, varint};

/// `TensorProto.DataType.FLOAT`.
const FLOAT: u64 = 1;

/// The f32 constants of a model by their names.
pub(super) struct Constants<'a>(HashMap<&'a str, Tensor<'a>>);

#[derive(Default)]
struct Tensor<'a> {
    dims: Vec<u64>,
    kind: u64,
    name: &'a str,
    /// Little endian.
    raw: &'a [u8],
}

impl<'a> Constants<'a> {
    /// Reads them from the bytes of a file.
    pub(super) fn read(model: &'a [u8]) -> Result<Self, String> {
        let mut constants = HashMap::new();
        for graph in fields(model).filter(is(7)) {
            for tensor in fields(graph?.bytes()?).filter(is(5)) {
                let tensor = Tensor::read(tensor?.bytes()?)?;
                constants.insert(tensor.name, tensor);
            }
        }
        Ok(Self(constants))
    }

    /// The constant `name`, which has to be of this shape.
    pub(super) fn get(&self, name: &str, dims: &[usize]) -> Result<Vec<f32>, String> {
        let tensor = self.0.get(name).ok_or_else(|| format!("it has no constant `{name}`"))?;
        let found = tensor.dims.iter().map(|dim| usize::try_from(*dim).unwrap_or(usize::MAX));
        let (values, rest) = tensor.raw.as_chunks::<4>();
        let length: usize = dims.iter().product();
        if tensor.kind != FLOAT || !found.eq(dims.iter().copied()) || values.len() != length || !rest.is_empty() {
            return Err(format!("`{name}` is not f32 of shape {dims:?}"));
        }
        let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        if values.iter().all(|x| x.is_finite()) { Ok(values) } else { Err(format!("`{name}` is not finite")) }
    }

    /// The single value of the constant `name`.
    pub(super) fn scalar(&self, name: &str) -> Result<f32, String> {
        self.get(name, &[1])?.first().copied().ok_or_else(|| format!("`{name}` is empty"))
    }
}

impl<'a> Tensor<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let mut tensor = Self::default();
        for field in fields(bytes) {
            let field = field?;
            match (field.number, &field.value) {
                (1, Value::Number(dim)) => tensor.dims.push(*dim),
                (1, Value::Bytes(packed)) => {
                    let mut packed = *packed;
                    while !packed.is_empty() {
                        tensor.dims.push(varint(&mut packed).ok_or(CUT)?);
                    }
                }
                (2, Value::Number(kind)) => tensor.kind = *kind,
                (8, _) => tensor.name = std::str::from_utf8(field.bytes()?).map_err(|e| e.to_string())?,
                (9, _) => tensor.raw = field.bytes()?,
                _ => {}
            }
        }
        Ok(tensor)
    }
}
