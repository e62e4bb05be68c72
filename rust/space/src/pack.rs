//! Numbers and texts as bytes, little-endian, and a sum that notices damage.

/// Puts one after the other.
#[derive(Default)]
pub(crate) struct Packer(Vec<u8>);

impl Packer {
    pub(crate) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn number(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn float(&mut self, value: f32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn bytes(&mut self, values: &[u8]) {
        self.0.extend_from_slice(values);
    }

    pub(crate) fn floats(&mut self, values: &[f32]) {
        values.iter().for_each(|value| self.float(*value));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    /// All of it, with its sum at the end.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let sum = sum(&self.0);
        self.number(sum);
        self.0
    }
}

/// Takes apart what a [`Packer`] put together. Everything is `None` where there is not enough left.
pub(crate) struct Unpacker<'a>(&'a [u8]);

impl<'a> Unpacker<'a> {
    /// `None` for what was damaged.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (bytes, expected) = bytes.split_last_chunk::<8>()?;
        (sum(bytes) == u64::from_le_bytes(*expected)).then_some(Self(bytes))
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.chunk()
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.chunk::<1>().map(|[byte]| byte)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        self.chunk().map(u64::from_le_bytes)
    }

    /// A number that counts things of which each takes at least a byte of what is left: no more of them than there can be.
    pub(crate) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())
    }

    pub(crate) fn float(&mut self) -> Option<f32> {
        self.chunk().map(f32::from_le_bytes)
    }

    pub(crate) fn floats(&mut self, count: usize) -> Option<Vec<f32>> {
        let bytes = self.bytes(count.checked_mul(4)?)?;
        Some(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        String::from_utf8(self.bytes(length)?.to_vec()).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A sum of all bytes and their places: no protection from malice, but from a torn write or a lost page.
fn sum(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let whole = words.iter().fold(bytes.len() as u64, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(whole, |sum, byte| mix(sum, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again_and_damage_is_noticed() {
        let mut packer = Packer::default();
        packer.byte(7);
        packer.number(u64::MAX);
        packer.text("Björk");
        packer.floats(&[1.5, -0.0]);
        let packed = packer.finish();
        let mut unpacker = Unpacker::new(&packed).unwrap();
        assert_eq!((unpacker.byte(), unpacker.number()), (Some(7), Some(u64::MAX)));
        assert_eq!((unpacker.text().as_deref(), unpacker.floats(2)), (Some("Björk"), Some(vec![1.5, -0.0])));
        assert!(unpacker.is_empty() && unpacker.byte().is_none() && unpacker.floats(usize::MAX).is_none());
        for at in 0..packed.len() {
            let mut damaged = packed.clone();
            damaged[at] ^= 4;
            assert!(Unpacker::new(&damaged).is_none());
            assert!(Unpacker::new(&packed[..at]).is_none());
        }
    }

    #[test]
    fn a_count_is_never_more_than_can_follow() {
        let mut packer = Packer::default();
        packer.number(1 << 40);
        let packed = packer.finish();
        assert_eq!(Unpacker::new(&packed).unwrap().text(), None);
    }
}
