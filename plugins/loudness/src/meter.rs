use std::collections::VecDeque;

use crate::weighting::Weighting;

/// Seconds between measurements: a block of BS.1770 is four of these, so that blocks overlap by three quarters.
pub const HOP: f64 = 0.1;
const HOPS_OF_BLOCK: usize = 4;
/// LU under the mean at which a block no longer counts (BS.1770-4, relative gate), as a ratio of power.
const RELATIVE_GATE: f64 = 0.1;
/// LUFS of the standard's absolute gate.
pub const ABSOLUTE_GATE: f64 = -70.0;

/// Measures the gated loudness of the last seconds that were not silent.
pub struct Meter {
    weightings: Vec<Weighting>,
    weights: Vec<f64>,
    hop: usize,
    /// The hop under way: sample frames and weighted energy.
    frames: usize,
    energy: f64,
    hops: VecDeque<(usize, f64)>,
    /// Power of the blocks that passed the absolute gate.
    blocks: VecDeque<f64>,
    room: usize,
    gate: f64,
    counted: usize,
}

impl Meter {
    /// `window`: seconds of sound that are looked back on. `gate`: LUFS under which a block is silence; -70 at least.
    pub fn new(rate: u32, channels: usize, window: f64, gate: f64) -> Self {
        let rate = f64::from(rate);
        Self {
            weightings: vec![Weighting::new(rate); channels],
            weights: weights(channels),
            hop: ((rate * HOP).round() as usize).max(1),
            frames: 0,
            energy: 0.0,
            hops: VecDeque::new(),
            blocks: VecDeque::new(),
            room: ((window / HOP).round() as usize).max(1),
            gate: power(gate.max(ABSOLUTE_GATE)),
            counted: 0,
        }
    }

    /// Sample frames of a hop.
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// Takes one sample of each channel. After each hop a block is measured.
    pub fn push(&mut self, frame: &[f32]) {
        for ((sample, weighting), weight) in
            frame.iter().zip(&mut self.weightings).zip(&self.weights)
        {
            self.energy += weight * weighting.run(f64::from(*sample)).powi(2);
        }
        self.frames += 1;
        if self.frames == self.hop {
            self.end_hop();
            if self.hops.len() == HOPS_OF_BLOCK {
                self.count_block();
            }
        }
    }

    /// The end of the input. Sound shorter than a block is measured as it is; the standard leaves it out.
    pub fn finish(&mut self) {
        if self.frames > 0 {
            self.end_hop();
        }
        if self.counted == 0 && !self.hops.is_empty() {
            self.count_block();
        }
    }

    /// LUFS of what was heard; `None` before anything was.
    pub fn loudness(&self) -> Option<f64> {
        if self.blocks.is_empty() {
            return None;
        }
        let ungated = self.blocks.iter().sum::<f64>() / self.blocks.len() as f64;
        let loud = self
            .blocks
            .iter()
            .filter(|block| **block > ungated * RELATIVE_GATE);
        let (count, sum) = loud.fold((0, 0.0), |(count, sum), block| (count + 1, sum + block));
        Some(10.0 * (sum / f64::from(count)).log10() - 0.691)
    }

    /// Blocks that passed the absolute gate so far.
    pub fn counted(&self) -> usize {
        self.counted
    }

    fn end_hop(&mut self) {
        if self.hops.len() == HOPS_OF_BLOCK {
            self.hops.pop_front();
        }
        self.hops.push_back((self.frames, self.energy));
        (self.frames, self.energy) = (0, 0.0);
    }

    fn count_block(&mut self) {
        let (frames, energy) = self
            .hops
            .iter()
            .fold((0, 0.0), |(n, sum), (m, e)| (n + m, sum + e));
        let block = energy / frames as f64;
        if block <= self.gate || !block.is_finite() {
            return;
        }
        self.counted += 1;
        if self.blocks.len() == self.room {
            self.blocks.pop_front();
        }
        self.blocks.push_back(block);
    }
}

fn power(lufs: f64) -> f64 {
    10_f64.powf((lufs + 0.691) / 10.0)
}

/// The standard counts surround channels 1.41 times and leaves the low one out. PCM doesn't name its channels: five and
/// six are taken for left, right, centre, (low,) and the surrounds, which is the order of WAV files.
fn weights(channels: usize) -> Vec<f64> {
    match channels {
        5 => vec![1.0, 1.0, 1.0, 1.41, 1.41],
        6 => vec![1.0, 1.0, 1.0, 0.0, 1.41, 1.41],
        _ => vec![1.0; channels],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LUFS of a 997 Hz sine of 0 dBFS in the first channels.
    fn sine(rate: u32, channels: usize, sounding: usize) -> f64 {
        let mut meter = Meter::new(rate, channels, 60.0, ABSOLUTE_GATE);
        for at in 0..rate * 3 {
            let value =
                (f64::from(at) / f64::from(rate) * 997.0 * std::f64::consts::TAU).sin() as f32;
            let frame: Vec<f32> = (0..channels)
                .map(|c| if c < sounding { value } else { 0.0 })
                .collect();
            meter.push(&frame);
        }
        meter.loudness().unwrap()
    }

    #[test]
    fn a_full_sine_has_the_loudness_that_the_standard_gives() {
        for rate in [8000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000] {
            let got = sine(rate, 1, 1);
            // The shelf's edge is bent where the rate is low: a fifth of a decibel at 8 kHz.
            let most = if rate < 12_000 { 0.25 } else { 0.1 };
            assert!((got + 3.01).abs() < most, "{rate} Hz: {got}");
        }
        assert!(sine(48_000, 2, 2).abs() < 0.02);
        assert!((sine(48_000, 6, 1) + 3.01).abs() < 0.02);
    }

    #[test]
    fn silence_counts_for_nothing_and_short_sound_does() {
        let mut meter = Meter::new(8000, 1, 3.0, -50.0);
        for _ in 0..80_000 {
            meter.push(&[0.0001]);
        }
        assert_eq!((meter.loudness(), meter.counted()), (None, 0));
        let mut meter = Meter::new(8000, 1, 3.0, -50.0);
        for at in 0..300 {
            meter.push(&[if at % 4 < 2 { 0.5 } else { -0.5 }]);
        }
        meter.finish();
        assert!(meter.loudness().unwrap() > -6.0);
    }
}
