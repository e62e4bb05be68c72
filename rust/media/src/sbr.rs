//! Notices HE-AAC that does not say so in any header.
//!
//! Spectral band replication may be signalled in the payload alone: the headers then speak of AAC-LC at half the rate, and
//! a decoder that knows only AAC-LC plays the lower half of the spectrum at half the rate. The sign is a fill element
//! with extension type `EXT_SBR_DATA` or `EXT_SBR_DATA_CRC` just before the end of each raw data block (ISO/IEC 14496-3,
//! tables 4.57 and 4.121).
//!
//! Fill elements are not aligned, and finding one from the front means decoding all spectral data before it. From the end
//! it is cheap: a block closes with `ID_END` and at most seven bits of padding, so a fill element that ends exactly there
//! can only begin at few places. Chance meets that pattern in about one block of fifty, hence the vote over several.

/// Blocks to look at; a stream with SBR has it in every block.
pub(crate) const BLOCKS: usize = 16;

const ID_FIL: u32 = 6;
const ID_END: u32 = 7;
const EXT_SBR_DATA: u32 = 0xd;
const EXT_SBR_DATA_CRC: u32 = 0xe;

/// Whether most of these AAC raw data blocks carry SBR.
pub(crate) fn is_carried_by<'a>(blocks: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut seen, mut with) = (0, 0);
    for block in blocks.take(BLOCKS) {
        seen += 1;
        with += usize::from(ends_in_sbr(block));
    }
    // The first block or two of a stream may be without.
    with > 0 && with * 4 >= seen * 3
}

fn ends_in_sbr(block: &[u8]) -> bool {
    let length = block.len() * 8;
    let Some(last_set) = (0..length).rev().find(|&bit| bits(block, bit, 1) == Some(1)) else { return false };
    // `ID_END` is 111 and the padding is zero, so its last bit is the last bit set.
    let Some(end) = (last_set + 1).checked_sub(3) else { return false };
    if length - last_set > 8 || bits(block, end, 3) != Some(ID_END) {
        return false;
    }
    // One further fill element may stand between SBR and the end.
    fill_elements_ending_at(block, end).any(|start| {
        carries_sbr(block, start) || fill_elements_ending_at(block, start).any(|before| carries_sbr(block, before))
    })
}

/// The bits at which a fill element could begin that ends at bit `end`.
fn fill_elements_ending_at(block: &[u8], end: usize) -> impl Iterator<Item = usize> {
    let short = (0..15).map(|count| (7 + 8 * count, count, None));
    // A count of 15 is continued by one byte: the element then has 14 bytes and as many as that says.
    let long = (0..256).map(|extra| (15 + 8 * (14 + extra), 15, Some(extra)));
    short.chain(long).filter_map(move |(length, count, extra)| {
        let start = end.checked_sub(length)?;
        let fits = bits(block, start, 3) == Some(ID_FIL)
            && bits(block, start + 3, 4) == Some(count as u32)
            && extra.is_none_or(|extra| bits(block, start + 7, 8) == Some(extra as u32));
        fits.then_some(start)
    })
}

fn carries_sbr(block: &[u8], start: usize) -> bool {
    let payload = match bits(block, start + 3, 4) {
        Some(0) | None => return false,
        Some(15) => start + 15,
        Some(_) => start + 7,
    };
    matches!(bits(block, payload, 4), Some(EXT_SBR_DATA | EXT_SBR_DATA_CRC))
}

/// Up to eight bits, most significant first.
fn bits(block: &[u8], position: usize, count: usize) -> Option<u32> {
    let high = u32::from(*block.get(position / 8)?);
    let low = u32::from(block.get(position / 8 + 1).copied().unwrap_or(0));
    if position + count > block.len() * 8 {
        return None;
    }
    let pair = (high << 8) | low;
    Some((pair >> (16 - position % 8 - count)) & ((1 << count) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of `lead` arbitrary bits, then the given elements as (value, bits), then zeros up to a whole byte.
    fn block(lead: usize, elements: &[(u32, usize)]) -> Vec<u8> {
        let mut stream: Vec<u8> = (0..lead).map(|bit| u8::from((bit * bit + bit / 3) % 5 < 2)).collect();
        for &(value, count) in elements {
            stream.extend((0..count).rev().map(|bit| ((value >> bit) & 1) as u8));
        }
        stream.chunks(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit) << (8 - byte.len())).collect()
    }

    #[test]
    fn sbr_is_found_at_every_alignment_and_length() {
        for lead in 40..56 {
            for extension in [EXT_SBR_DATA, EXT_SBR_DATA_CRC] {
                let short = [(6, 3), (3, 4), (extension, 4), (0, 20), (7, 3)];
                assert!(ends_in_sbr(&block(lead, &short)), "short, {lead}");
                let long =
                    [(6, 3), (15, 4), (3, 8), (extension, 4), (1, 30), (9, 30), (0x5a5a, 30), (2, 30), (0, 12), (7, 3)];
                assert!(ends_in_sbr(&block(lead, &long)), "long, {lead}");
                let followed = [(6, 3), (3, 4), (extension, 4), (0, 20), (6, 3), (1, 4), (0, 8), (7, 3)];
                assert!(ends_in_sbr(&block(lead, &followed)), "followed by filling, {lead}");
            }
            assert!(!ends_in_sbr(&block(lead, &[(6, 3), (3, 4), (0, 24), (7, 3)])), "filling only, {lead}");
            assert!(!ends_in_sbr(&block(lead, &[(7, 3)])), "no fill element, {lead}");
        }
        assert!(!ends_in_sbr(&[]) && !ends_in_sbr(&[0; 9]) && !ends_in_sbr(&[0xff]));
    }

    #[test]
    fn a_chance_match_is_outvoted() {
        let with = block(44, &[(6, 3), (3, 4), (EXT_SBR_DATA, 4), (0, 20), (7, 3)]);
        let without = block(44, &[(7, 3)]);
        let vote = |n: usize| is_carried_by((0..12).map(|i| if i < n { with.as_slice() } else { without.as_slice() }));
        assert!(vote(12) && vote(9) && !vote(8) && !vote(1) && !vote(0));
        assert!(!is_carried_by(std::iter::empty()));
    }
}
