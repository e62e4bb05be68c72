//! The int8 networks stay within what processors without VNNI can add.
//!
//! Those multiply pairs of unsigned inputs and signed weights and add the two products in 16 bits, saturating (`vpmaddubsw`):
//! what one processor computes another must, too. That every pair fits is read off the shipped files; that the runtimes
//! compute as they should is another test's business.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::repository;

/// A field of a protocol-buffer message: its number, and its bytes or its value.
type Field<'a> = (u64, &'a [u8], u64);

fn fields(mut message: &[u8]) -> Vec<Field<'_>> {
    fn varint(message: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = message[0];
            *message = &message[1..];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }
    let mut fields = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message);
        let (bytes, value) = match tag & 7 {
            0 => (&message[..0], varint(&mut message)),
            2 => {
                let length = varint(&mut message) as usize;
                let (bytes, rest) = message.split_at(length);
                message = rest;
                (bytes, 0)
            }
            kind => unreachable!("wire type {kind}"),
        };
        fields.push((tag >> 3, bytes, value));
    }
    fields
}

/// The bytes of the field with that number.
fn field<'a>(message: &[Field<'a>], number: u64) -> &'a [u8] {
    message.iter().find(|(n, ..)| *n == number).map(|(_, bytes, _)| *bytes).unwrap_or_default()
}

/// The constants of a network: name, ONNX' type and raw bytes.
fn constants(network: &[u8]) -> Vec<(String, u64, &[u8])> {
    let graph = fields(field(&fields(network), 7));
    let constants = graph.iter().filter(|(number, ..)| *number == 5).map(|(_, bytes, _)| fields(bytes));
    let constants = constants.map(|constant| {
        let kind = constant.iter().find(|(number, ..)| *number == 2).unwrap().2;
        (String::from_utf8(field(&constant, 8).to_vec()).unwrap(), kind, field(&constant, 9))
    });
    constants.collect()
}

#[test]
fn no_pair_of_products_leaves_16_bits() {
    for network in ["musicnn_msd_int8.onnx", "musicnn_mtt_int8.onnx"] {
        let bytes = fs::read(repository().join("models").join(network)).unwrap();
        let constants = constants(&bytes);
        let raw = |wanted: &str| constants.iter().find(|(name, ..)| name == wanted).unwrap().2;
        let float = |name: &str| f64::from(f32::from_le_bytes(raw(name).try_into().unwrap()));
        // The image is cut off at the cap before it is rounded to levels.
        let zero = f64::from(raw("image_zero")[0]);
        let highest = (float("image_cap") / float("image_scale")).round() + zero;
        assert!((1.0..=127.0).contains(&highest), "{network}: input levels up to {highest}");
        let mut convolutions = 0;
        for (name, kind, raw) in &constants {
            // Type 3 is int8; zero points are all 0.
            if *kind == 3 && name.ends_with("_weights") {
                convolutions += 1;
                let weights: Vec<i8> = raw.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
                assert!(weights.contains(&127) || weights.contains(&-127), "{network}: {name} uses its range");
                // Whatever two inputs meet whatever two weights.
                let largest = weights.iter().map(|w| f64::from(*w).abs()).fold(0.0, f64::max);
                assert!(2.0 * highest * largest <= f64::from(i16::MAX), "{network}: {name}, {largest}");
            }
        }
        assert_eq!(convolutions, 2, "{network}");
    }
}
