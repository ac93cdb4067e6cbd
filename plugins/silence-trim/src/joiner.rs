use std::collections::VecDeque;

/// Where sound goes out. It holds the last few milliseconds back, so that they can be faded when a cut follows.
pub struct Joiner {
    channels: usize,
    /// Sample frames of a fade.
    fade: usize,
    held: VecDeque<f32>,
    /// Sample frames of the fade-in that is under way: how many are done. `fade` when none is.
    faded: usize,
}

impl Joiner {
    pub fn new(channels: usize, fade: usize) -> Self {
        Self {
            channels,
            fade,
            held: VecDeque::new(),
            faded: fade,
        }
    }

    /// `samples`: whole sample frames.
    pub fn push(&mut self, samples: impl Iterator<Item = f32>, out: &mut Vec<f32>) {
        let mut channel = 0;
        for sample in samples {
            let gain = if self.faded < self.fade {
                ramp(self.faded, self.fade)
            } else {
                1.0
            };
            self.held.push_back(sample * gain);
            channel += 1;
            if channel == self.channels {
                channel = 0;
                self.faded = (self.faded + 1).min(self.fade);
            }
        }
        let late = self.held.len().saturating_sub(self.fade * self.channels);
        out.extend(self.held.drain(..late));
    }

    /// Something was left out here: what came before fades out, what comes next fades in.
    pub fn cut(&mut self, out: &mut Vec<f32>) {
        let frames = self.held.len() / self.channels;
        for (at, sample) in self.held.iter_mut().enumerate() {
            *sample *= ramp(frames - 1 - at / self.channels, frames);
        }
        self.finish(out);
        self.faded = 0;
    }

    /// What is held back goes out as it is.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        out.extend(self.held.drain(..));
    }
}

/// Half a cosine from 0 to 1 without reaching either: two ramps that meet have no corner.
fn ramp(at: usize, length: usize) -> f32 {
    let phase = (at as f64 + 0.5) / length as f64;
    (0.5 - 0.5 * (phase * std::f64::consts::PI).cos()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fades_on_both_sides_of_a_cut_and_nowhere_else() {
        let mut joiner = Joiner::new(2, 4);
        let mut out = Vec::new();
        joiner.push([1.0; 20].into_iter(), &mut out);
        joiner.cut(&mut out);
        joiner.push([1.0; 20].into_iter(), &mut out);
        joiner.finish(&mut out);
        assert_eq!(out.len(), 40);
        assert!(out[..12].iter().all(|sample| *sample == 1.0));
        // Both channels alike, and going one way.
        assert!(out.chunks(2).all(|frame| frame[0] == frame[1]));
        assert!((12..18).step_by(2).all(|at| out[at] > out[at + 2]));
        assert!((20..26).step_by(2).all(|at| out[at] < out[at + 2]));
        assert!(out[18] < 0.05 && out[20] < 0.05);
        assert!(out[28..].iter().all(|sample| *sample == 1.0));
    }

    #[test]
    fn without_a_fade_it_only_passes_on() {
        let mut joiner = Joiner::new(1, 0);
        let mut out = Vec::new();
        joiner.push([0.5, 0.25].into_iter(), &mut out);
        joiner.cut(&mut out);
        joiner.push([1.0].into_iter(), &mut out);
        assert_eq!(out, [0.5, 0.25, 1.0]);
    }
}
