//! Vectors as BLOBs.

use crate::error::{Error, Fault, Outcome, Result};

/// Version byte of the patch format.
const PATCH_FORMAT: u8 = 1;
/// Version byte and the number of dimensions.
const PATCH_HEADER: usize = 3;

/// Little-endian f32, one after the other.
pub(crate) fn encode_f32(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

pub(crate) fn decode_f32(bytes: &[u8], column: &'static str) -> Outcome<Vec<f32>> {
    let (values, rest) = bytes.as_chunks::<4>();
    let values: Vec<f32> = values.iter().map(|value| f32::from_le_bytes(*value)).collect();
    if !rest.is_empty() || !values.iter().all(|value| value.is_finite()) {
        return Err(Fault::unreadable(column));
    }
    Ok(values)
}

/// Packs beat positions in seconds, ascending, into bytes: each the distance from the one before it (the first from 0) in
/// whole milliseconds, seven bits a byte, the lowest first, with the high bit where another byte follows (LEB128).
/// Two bytes a beat.
pub(crate) fn encode_beats(beats: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 * beats.len());
    let mut before = 0;
    for beat in beats {
        // `as` saturates: a negative or absurd position is no reason to fail.
        let now = (f64::from(*beat) * 1000.0).round() as u64;
        let mut step = now.saturating_sub(before);
        before = before.max(now);
        while step >= 0x80 {
            bytes.push(step as u8 | 0x80);
            step >>= 7;
        }
        bytes.push(step as u8);
    }
    bytes
}

/// Unpacks what [`encode_beats`] packed. `None` when the bytes end in the middle or a number is beyond 64 bits.
pub(crate) fn decode_beats(bytes: &[u8]) -> Option<Vec<f32>> {
    let mut beats = Vec::with_capacity(bytes.len() / 2);
    let (mut now, mut step, mut shift) = (0_u64, 0_u64, 0_u32);
    for &byte in bytes {
        let part = u64::from(byte & 0x7f);
        let shifted = part.checked_shl(shift).filter(|shifted| shifted >> shift == part)?;
        step |= shifted;
        if byte & 0x80 != 0 {
            shift += 7;
            continue;
        }
        now = now.checked_add(step)?;
        beats.push((now as f64 / 1000.0) as f32);
        (step, shift) = (0, 0);
    }
    (shift == 0).then_some(beats)
}

/// Refuses NaN and infinities, which would spoil every distance they meet.
pub(crate) fn finite(values: &[f32], what: impl Fn() -> String) -> Result<()> {
    if values.iter().all(|value| value.is_finite()) { Ok(()) } else { Err(Error::NotFinite { what: what() }) }
}

/// Packs patch vectors (`dims` values each, one after the other) into bytes.
///
/// Format 1, all numbers little-endian: the byte 1; `dims` as u16; then per patch one f32 scale and `dims` int8, each
/// value being `int8 × scale` with `scale = max |value| / 127`. That is `4 + dims` bytes per patch: for 32 patches of
/// 200 dimensions 6531 bytes per network, 13,062 per track with two networks (f16 would take 25,600). The cosine
/// between a packed and an original MusiCNN patch is above 0.99996, far closer than patches of a track are to each
/// other and than 32 patches are to all of them (0.9994).
///
/// # Errors
///
/// [`Error::Invalid`] when `dims` is 0 or above 65,535 or does not divide the length, [`Error::NotFinite`].
pub fn encode_patches(values: &[f32], dims: usize) -> Result<Vec<u8>> {
    let Some(width) = u16::try_from(dims).ok().filter(|&width| width > 0 && values.len().is_multiple_of(dims)) else {
        let what = format!("{} patch values do not make patches of {dims} dimensions", values.len());
        return Err(Error::Invalid { what });
    };
    finite(values, || "a patch value".to_owned())?;
    let mut bytes = Vec::with_capacity(PATCH_HEADER + values.len() / dims * (4 + dims));
    bytes.push(PATCH_FORMAT);
    bytes.extend(width.to_le_bytes());
    for patch in values.chunks_exact(dims) {
        let peak = patch.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
        let scale = peak / 127.0;
        bytes.extend(scale.to_le_bytes());
        // `as` saturates, and makes 0 of the NaN of an all-zero patch.
        bytes.extend(patch.iter().map(|value| ((value / scale).round() as i8) as u8));
    }
    Ok(bytes)
}

/// Unpacks what [`encode_patches`] packed: the values and their `dims`. `None` when the bytes are not of that format.
#[must_use]
pub fn decode_patches(bytes: &[u8]) -> Option<(Vec<f32>, usize)> {
    let (&[format, low, high], body) = bytes.split_first_chunk::<PATCH_HEADER>()?;
    let dims = usize::from(u16::from_le_bytes([low, high]));
    let stride = 4 + dims;
    if format != PATCH_FORMAT || dims == 0 || !body.len().is_multiple_of(stride) {
        return None;
    }
    let mut values = Vec::with_capacity(body.len() / stride * dims);
    for patch in body.chunks_exact(stride) {
        let (scale, levels) = patch.split_first_chunk::<4>()?;
        let scale = f32::from_le_bytes(*scale);
        if !scale.is_finite() {
            return None;
        }
        // Clamped: 127 scales of the largest patch there can be may round up to infinity.
        values.extend(levels.iter().map(|&level| (f32::from(level as i8) * scale).clamp(f32::MIN, f32::MAX)));
    }
    Some((values, dims))
}
