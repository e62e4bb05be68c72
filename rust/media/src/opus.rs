//! Opus packets to samples, through `ropus`.

use ropus::{OpusDecoder, OpusMSDecoder};

use crate::{Error, Result};

/// Opus always decodes at this rate here, whatever it was made from (RFC 7845, section 5.1).
pub(crate) const RATE: u32 = 48_000;

/// The longest packet: 120 ms at 48 kHz (RFC 6716, section 3.2.5).
const LONGEST_PACKET: i32 = 5760;

/// The identification header of an Opus stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    channels: u8,
    pub(crate) pre_skip: u16,
    /// Output gain in dB, as Q7.8.
    gain: i16,
    streams: u8,
    coupled: u8,
    /// Which decoded channel each channel of the output takes (family 1 and 255); absent in family 0.
    mapping: Option<&'a [u8]>,
    family: u8,
}

impl<'a> Head<'a> {
    /// Reads an `OpusHead` (RFC 7845, section 5.1) or what symphonia makes of an MP4 `dOps` box: the same fields with version 0
    /// and in big-endian order.
    pub(crate) fn parse(data: &'a [u8]) -> Option<Self> {
        let rest = data.strip_prefix(b"OpusHead")?;
        let (fields, rest) = rest.split_first_chunk::<11>()?;
        let [version, channels, skip0, skip1, _, _, _, _, gain0, gain1, family] = *fields;
        let big_endian = version == 0;
        let (pre_skip, gain) = match big_endian {
            true => (u16::from_be_bytes([skip0, skip1]), i16::from_be_bytes([gain0, gain1])),
            false => (u16::from_le_bytes([skip0, skip1]), i16::from_le_bytes([gain0, gain1])),
        };
        let (streams, coupled, mapping) = match (family, channels) {
            (0, 1 | 2) => (1, channels - 1, None),
            (1, 1..=8) | (255, 1..) => {
                let (&[streams, coupled], mapping) = rest.split_first_chunk::<2>()?;
                (streams, coupled, Some(mapping.get(..usize::from(channels))?))
            }
            _ => return None,
        };
        Some(Self { channels, pre_skip, gain, streams, coupled, mapping, family })
    }
}

/// Where the channels of mapping family 1 lie in a packet's own order (that of Vorbis), for the order of WAVE, which all other
/// decoders here put out: left, right, centre, low frequencies, back, side. Up to two channels and four are alike.
fn wave_order(channels: u8) -> &'static [usize] {
    match channels {
        3 => &[0, 2, 1],
        5 => &[0, 2, 1, 3, 4],
        6 => &[0, 2, 1, 5, 3, 4],
        7 => &[0, 2, 1, 6, 5, 3, 4],
        8 => &[0, 2, 1, 7, 5, 6, 3, 4],
        _ => &[],
    }
}

enum Inner {
    Single(Box<OpusDecoder>),
    Multi(Box<OpusMSDecoder>),
}

/// A decoder of one Opus stream.
pub(crate) struct Decoder {
    inner: Inner,
    channels: usize,
    /// From a 16-bit sample to one where full scale is 1, output gain included.
    scale: f32,
    pcm: Vec<i16>,
}

impl Decoder {
    pub(crate) fn new(head: &Head<'_>) -> Result<Self> {
        let refused = |code| Error::needs_ffmpeg(format!("Opus with {} channels (code {code})", head.channels));
        let (rate, channels) = (RATE.cast_signed(), i32::from(head.channels));
        let inner = match head.mapping {
            None => OpusDecoder::new(rate, channels).map(|decoder| Inner::Single(Box::new(decoder))),
            Some(mapping) => {
                let (streams, coupled) = (i32::from(head.streams), i32::from(head.coupled));
                let order = if head.family == 1 { wave_order(head.channels) } else { &[] };
                let ordered: Vec<u8> = order.iter().filter_map(|&index| mapping.get(index).copied()).collect();
                let mapping = if order.is_empty() { mapping } else { &ordered };
                OpusMSDecoder::new(rate, channels, streams, coupled, mapping)
                    .map(|decoder| Inner::Multi(Box::new(decoder)))
            }
        }
        .map_err(refused)?;
        let gain = 10.0_f64.powf(f64::from(head.gain) / 256.0 / 20.0);
        let channels = usize::from(head.channels);
        let pcm = vec![0; LONGEST_PACKET as usize * channels];
        Ok(Self { inner, channels, scale: (gain / 32768.0) as f32, pcm })
    }

    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// Appends the samples of one packet, interleaved. An error is libopus' code.
    pub(crate) fn decode(&mut self, packet: &[u8], block: &mut Vec<f32>) -> std::result::Result<(), i32> {
        if packet.is_empty() {
            // To the decoder that means a lost packet, and it would invent one.
            return Err(ropus::OPUS_INVALID_PACKET);
        }
        let length = i32::try_from(packet.len()).map_err(|_| ropus::OPUS_INVALID_PACKET)?;
        let frames = match &mut self.inner {
            Inner::Single(decoder) => decoder.decode(Some(packet), &mut self.pcm, LONGEST_PACKET, false)?,
            Inner::Multi(decoder) => decoder.decode(Some(packet), length, &mut self.pcm, LONGEST_PACKET, false)?,
        };
        let samples = usize::try_from(frames).unwrap_or(0) * self.channels;
        block.extend(self.pcm.iter().take(samples).map(|&sample| f32::from(sample) * self.scale));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_ogg_and_mp4_read_alike() {
        let ogg = b"OpusHead\x01\x02\x38\x01\x80\xbb\x00\x00\x00\xff\x00";
        let mp4 = b"OpusHead\x00\x02\x01\x38\x00\x00\xbb\x80\xff\x00\x00";
        let head = Head { channels: 2, pre_skip: 312, gain: -256, streams: 1, coupled: 1, mapping: None, family: 0 };
        assert_eq!(Head::parse(ogg).as_ref(), Some(&head));
        assert_eq!(Head::parse(mp4).as_ref(), Some(&head));
        let halved = Decoder::new(&head).unwrap().scale * 32768.0;
        assert!((halved - 0.891_251).abs() < 1e-5, "-1 dB, got {halved}");
    }

    #[test]
    fn a_hostile_head_is_refused() {
        let head = |channels, family, rest: &[u8]| {
            let mut bytes = b"OpusHead\x01".to_vec();
            bytes.extend([channels, 0, 0, 0, 0, 0, 0, 0, 0, family]);
            bytes.extend(rest);
            Head::parse(&bytes).map(|head| Decoder::new(&head).map(|decoder| decoder.channels()))
        };
        assert!(matches!(head(6, 1, &[4, 2, 0, 4, 1, 2, 3, 5]), Some(Ok(6))));
        assert!(head(6, 1, &[4, 2, 0, 4, 1, 2, 3]).is_none(), "mapping cut short");
        assert!(matches!(head(2, 1, &[1, 2, 0, 1]), Some(Err(Error::Unsupported { .. }))), "more coupled than streams");
        assert!(matches!(head(2, 1, &[1, 1, 0, 9]), Some(Err(Error::Unsupported { .. }))), "mapping out of range");
        assert!(head(0, 0, &[]).is_none() && head(3, 0, &[]).is_none() && head(2, 7, &[]).is_none());
        assert!(Head::parse(b"OpusHead").is_none() && Head::parse(b"").is_none());
    }
}
