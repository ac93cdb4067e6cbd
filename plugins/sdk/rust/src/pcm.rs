use crate::PluginError;

/// How one sample lies in the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleFormat {
    /// Signed 16-bit, little-endian.
    S16le,
    /// 32-bit float, little-endian, −1…1.
    F32le,
}

impl SampleFormat {
    pub fn bytes(self) -> usize {
        match self {
            Self::S16le => 2,
            Self::F32le => 4,
        }
    }
}

/// What `audio/pcm` says about itself. `rate` in Hz.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pcm {
    pub rate: u32,
    pub channels: usize,
    pub format: SampleFormat,
}

impl Pcm {
    pub const MAX_RATE: u32 = 768_000;
    pub const MAX_CHANNELS: u32 = 64;

    /// Bytes of one sample of each channel.
    pub fn frame_bytes(&self) -> usize {
        self.channels * self.format.bytes()
    }

    /// Sample frames in so many seconds, rounded.
    pub fn frames(&self, seconds: f64) -> usize {
        (seconds * f64::from(self.rate)).round() as usize
    }
}

/// Makes samples of bytes that come in any slices.
#[derive(Debug)]
pub struct PcmDecoder {
    pcm: Pcm,
    /// The beginning of a sample frame whose rest has not come yet.
    pending: Vec<u8>,
}

impl PcmDecoder {
    pub fn new(pcm: Pcm) -> Self {
        let pending = Vec::with_capacity(pcm.frame_bytes());
        Self { pcm, pending }
    }

    /// Appends all whole sample frames to `samples`, interleaved, −1…1. A float that is not finite becomes 0, so that
    /// it can't stay in a filter for ever.
    pub fn decode(&mut self, mut bytes: &[u8], samples: &mut Vec<f32>) {
        let size = self.pcm.frame_bytes();
        if !self.pending.is_empty() {
            let (first, rest) = bytes.split_at(bytes.len().min(size - self.pending.len()));
            self.pending.extend_from_slice(first);
            bytes = rest;
            if self.pending.len() < size {
                return;
            }
            append(self.pcm.format, &self.pending, samples);
            self.pending.clear();
        }
        let (whole, rest) = bytes.split_at(bytes.len() / size * size);
        append(self.pcm.format, whole, samples);
        self.pending.extend_from_slice(rest);
    }

    /// Call at the end of the input.
    ///
    /// # Errors
    /// `BAD_INPUT` when it ended inside a sample frame.
    pub fn finish(&self) -> Result<(), PluginError> {
        let (left, size) = (self.pending.len(), self.pcm.frame_bytes());
        if left == 0 {
            return Ok(());
        }
        let message = format!(
            "The audio ends with {left} of the {size} bytes of a sample frame. What comes before this plugin is cut off, or has another format."
        );
        Err(PluginError::bad_input(message))
    }
}

fn append(format: SampleFormat, bytes: &[u8], samples: &mut Vec<f32>) {
    match format {
        SampleFormat::S16le => samples.extend(
            bytes
                .chunks_exact(2)
                .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32768.0),
        ),
        SampleFormat::F32le => samples.extend(
            bytes
                .chunks_exact(4)
                .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
                .map(|value| if value.is_finite() { value } else { 0.0 }),
        ),
    }
}

/// Appends samples of −1…1 to `bytes`. In s16le, louder ones are clipped; what [`PcmDecoder`] read comes out unchanged.
pub fn encode_pcm(format: SampleFormat, samples: &[f32], bytes: &mut Vec<u8>) {
    bytes.reserve(samples.len() * format.bytes());
    match format {
        // `as` rounds towards zero and saturates.
        SampleFormat::S16le => {
            for sample in samples {
                bytes.extend_from_slice(&((sample * 32768.0).round() as i16).to_le_bytes());
            }
        }
        SampleFormat::F32le => {
            for sample in samples {
                bytes.extend_from_slice(&sample.to_le_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(format: SampleFormat, channels: usize, bytes: &[u8], slice: usize) -> Vec<u8> {
        let pcm = Pcm {
            rate: 24000,
            channels,
            format,
        };
        let mut decoder = PcmDecoder::new(pcm);
        let mut samples = Vec::new();
        for part in bytes.chunks(slice) {
            decoder.decode(part, &mut samples);
            assert_eq!(samples.len() % channels, 0);
        }
        decoder.finish().unwrap();
        let mut out = Vec::new();
        encode_pcm(format, &samples, &mut out);
        out
    }

    #[test]
    fn every_16_bit_value_survives_in_any_slices() {
        let bytes: Vec<u8> = (i16::MIN..=i16::MAX).flat_map(i16::to_le_bytes).collect();
        for slice in [1, 3, 7, 4096, bytes.len()] {
            assert_eq!(round_trip(SampleFormat::S16le, 2, &bytes, slice), bytes);
        }
    }

    #[test]
    fn floats_survive_in_any_slices() {
        let bytes: Vec<u8> = (0..600)
            .flat_map(|n| (n as f32 / 300.0 - 1.0).to_le_bytes())
            .collect();
        for slice in [1, 3, 5, 11, 24, 2400] {
            assert_eq!(round_trip(SampleFormat::F32le, 3, &bytes, slice), bytes);
        }
    }

    #[test]
    fn clips_and_drops_what_is_not_finite() {
        let mut bytes = Vec::new();
        encode_pcm(SampleFormat::S16le, &[2.0, -2.0], &mut bytes);
        assert_eq!(bytes, [0xff, 0x7f, 0x00, 0x80]);
        let mut samples = Vec::new();
        append(SampleFormat::F32le, &f32::NAN.to_le_bytes(), &mut samples);
        assert_eq!(samples, [0.0]);
    }

    #[test]
    fn half_a_sample_frame_at_the_end_is_an_error() {
        let pcm = Pcm {
            rate: 8000,
            channels: 2,
            format: SampleFormat::S16le,
        };
        let mut decoder = PcmDecoder::new(pcm);
        decoder.decode(&[0, 0, 0, 0, 1, 2], &mut Vec::new());
        assert_eq!(decoder.finish().unwrap_err().code(), "BAD_INPUT");
    }
}
