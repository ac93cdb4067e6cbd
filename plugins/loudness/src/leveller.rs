use std::collections::VecDeque;

use crate::meter::{Meter, ABSOLUTE_GATE, HOP};

/// Hops by which sound is late: the gain of a first word is known before it is let out.
const DELAY: usize = 10;
/// LU under the target that are taken for silence when even the whole range of gain wouldn't bring them further.
const SILENCE: f64 = 20.0;

pub struct Options {
    /// LUFS.
    pub target: f64,
    /// Decibels of gain, up or down.
    pub range: f64,
    /// Seconds.
    pub speed: f64,
}

/// Brings a stream of samples to a loudness. Holds a second of it; as much comes out as went in.
pub struct Leveller {
    options: Options,
    channels: usize,
    meter: Meter,
    hop: Vec<f32>,
    waiting: VecDeque<Vec<f32>>,
    /// Decibels.
    gain: f64,
    /// The gain with which the last hop ended; `None` before the first.
    last: Option<f64>,
}

impl Leveller {
    pub fn new(rate: u32, channels: usize, options: Options) -> Self {
        let gate = ABSOLUTE_GATE.max(options.target - options.range - SILENCE);
        let window = (2.0 * options.speed).max(3.0);
        Self {
            channels,
            meter: Meter::new(rate, channels, window, gate),
            hop: Vec::new(),
            waiting: VecDeque::new(),
            gain: 0.0,
            last: None,
            options,
        }
    }

    /// `samples`: whole sample frames, interleaved. Appends to `out` what was waiting long enough.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        for frame in samples.chunks_exact(self.channels) {
            self.meter.push(frame);
            self.hop.extend_from_slice(frame);
            if self.hop.len() == self.meter.hop() * self.channels {
                self.waiting.push_back(std::mem::take(&mut self.hop));
                self.follow();
                if self.waiting.len() > DELAY {
                    self.release(out);
                }
            }
        }
    }

    /// The end of the input: what is left follows.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        self.meter.finish();
        if !self.hop.is_empty() {
            self.waiting.push_back(std::mem::take(&mut self.hop));
        }
        while !self.waiting.is_empty() {
            self.follow();
            self.release(out);
        }
    }

    /// One step of the gain towards what the loudness asks for.
    fn follow(&mut self) {
        let Some(loudness) = self.meter.loudness() else {
            return;
        };
        let range = self.options.range;
        let wanted = (self.options.target - loudness).clamp(-range, range);
        let counted = self.meter.counted();
        // Nothing that was measured has been heard yet: there is nothing to be smooth against.
        let step = if counted <= DELAY {
            1.0
        } else {
            let smooth = 1.0 - (-HOP / self.options.speed).exp();
            smooth.max(1.0 / (counted - DELAY + 1) as f64)
        };
        self.gain += (wanted - self.gain) * step;
    }

    /// Lets the oldest hop out. Decibels go evenly from the last gain to the new one.
    fn release(&mut self, out: &mut Vec<f32>) {
        let Some(hop) = self.waiting.pop_front() else {
            return;
        };
        let from = amplitude(self.last.unwrap_or(self.gain));
        let to = amplitude(self.gain);
        let frames = hop.len() / self.channels;
        let ratio = (to / from).powf(1.0 / frames as f64);
        let mut gain = from;
        for frame in hop.chunks_exact(self.channels) {
            gain *= ratio;
            out.extend(
                frame
                    .iter()
                    .map(|sample| (f64::from(*sample) * gain) as f32),
            );
        }
        self.last = Some(self.gain);
    }
}

fn amplitude(decibels: f64) -> f64 {
    10_f64.powf(decibels / 20.0)
}
