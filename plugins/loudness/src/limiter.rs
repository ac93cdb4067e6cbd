use std::collections::VecDeque;

/// Seconds that the limiter looks ahead, and over which it turns down.
const LOOK_AHEAD: f64 = 0.005;
/// Seconds in which it turns up again by two thirds.
const RELEASE: f64 = 0.08;

/// Holds a ceiling. The gain is already down when a peak comes, so that no peak is cut off.
///
/// With N frames of look-ahead: the gain that each frame needs, its minimum over the last N, and of that the mean over
/// the last N, is applied to the frame N - 1 before. All N terms of that mean have seen the peak, so none is too large.
pub struct Limiter {
    channels: usize,
    ceiling: f32,
    ahead: usize,
    release: f64,
    /// The last N - 1 frames.
    waiting: VecDeque<f32>,
    /// Gains of which one may yet become the minimum, with their times: both rise.
    lows: VecDeque<(u64, f64)>,
    /// The last N minima, and their sum.
    minima: VecDeque<f64>,
    sum: f64,
    time: u64,
    /// The minimum as it is released slowly.
    held: f64,
}

impl Limiter {
    /// `ceiling`: an amplitude.
    pub fn new(rate: u32, channels: usize, ceiling: f32) -> Self {
        let rate = f64::from(rate);
        let ahead = ((rate * LOOK_AHEAD).round() as usize).max(1);
        Self {
            channels,
            ceiling,
            ahead,
            release: 1.0 - (-1.0 / (rate * RELEASE)).exp(),
            waiting: VecDeque::new(),
            lows: VecDeque::new(),
            minima: vec![1.0; ahead].into(),
            sum: ahead as f64,
            time: 0,
            held: 1.0,
        }
    }

    /// `samples`: whole sample frames, interleaved. Appends to `out` all but the last N - 1.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        for frame in samples.chunks_exact(self.channels) {
            let peak = frame
                .iter()
                .fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
            let gain = self.next_gain(peak);
            self.waiting.extend(frame);
            if self.waiting.len() == self.ahead * self.channels {
                self.release_frame(gain, out);
            }
        }
    }

    /// The end of the input: what waits follows.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        // Sound shorter than the look-ahead: its first frame comes up only now.
        while !self.waiting.is_empty() {
            let gain = self.next_gain(0.0);
            let behind = self.time >= self.ahead as u64;
            if behind {
                self.release_frame(gain, out);
            }
        }
    }

    fn release_frame(&mut self, gain: f64, out: &mut Vec<f32>) {
        let ceiling = self.ceiling;
        // What the clamp takes is rounding, never a peak.
        let limit = |sample: f32| ((f64::from(sample) * gain) as f32).clamp(-ceiling, ceiling);
        out.extend(self.waiting.drain(..self.channels).map(limit));
    }

    /// Takes the peak of a frame, and gives the gain for the frame N - 1 before.
    fn next_gain(&mut self, peak: f32) -> f64 {
        let needed = if peak > self.ceiling {
            f64::from(self.ceiling / peak)
        } else {
            1.0
        };
        while self.lows.back().is_some_and(|(_, gain)| *gain >= needed) {
            self.lows.pop_back();
        }
        self.lows.push_back((self.time, needed));
        self.time += 1;
        if self.lows[0].0 + (self.ahead as u64) < self.time {
            self.lows.pop_front();
        }
        let minimum = self.lows[0].1;
        self.held = minimum.min(self.held + (1.0 - self.held) * self.release);
        self.sum += self.held - self.minima.pop_front().unwrap_or(1.0);
        self.minima.push_back(self.held);
        (self.sum / self.ahead as f64).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(samples: &[f32], channels: usize, slice: usize) -> Vec<f32> {
        let mut limiter = Limiter::new(8000, channels, 0.5);
        let mut out = Vec::new();
        for part in samples.chunks(slice * channels) {
            limiter.push(part, &mut out);
        }
        limiter.finish(&mut out);
        out
    }

    #[test]
    fn a_peak_is_turned_down_without_being_cut_off() {
        let sine = |at: usize, gain: f32| gain * (at as f32 * 0.3).sin();
        let samples: Vec<f32> = (0..8000)
            .map(|at| sine(at, if (3000..4000).contains(&at) { 2.0 } else { 0.3 }))
            .collect();
        let out = limit(&samples, 1, 64);
        assert!(out.iter().all(|sample| sample.abs() <= 0.5));
        // Before it, nothing happens; in it, the shape stays: the gain hardly moves from one sample to the next.
        assert_eq!(out[..2900], samples[..2900]);
        let gains: Vec<f32> = out
            .iter()
            .zip(&samples)
            .filter(|(_, s)| s.abs() > 0.01)
            .map(|(o, s)| o / s)
            .collect();
        assert!(gains.windows(2).all(|two| (two[1] - two[0]).abs() < 0.08));
        assert!(out[7900] / samples[7900] > 0.99);
    }

    #[test]
    fn gives_as_much_as_it_takes() {
        for length in [0, 1, 39, 40, 41, 1000] {
            let samples: Vec<f32> = (0..length * 2).map(|at| at as f32 * 0.01).collect();
            for slice in [1, 7, 2000] {
                let out = limit(&samples, 2, slice);
                assert_eq!(out.len(), samples.len());
                assert!(out.iter().all(|sample| *sample <= 0.5));
            }
        }
    }
}
