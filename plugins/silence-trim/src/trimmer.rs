use crate::joiner::Joiner;
use crate::pause::Pause;

/// Lengths in sample frames, `threshold` as an amplitude.
pub struct Options {
    pub channels: usize,
    /// How much is judged at once.
    pub block: usize,
    pub threshold: f64,
    pub keep: usize,
    pub longest: usize,
    pub fade: usize,
}

/// Shortens silences in a stream of samples. What it holds is never more than the silence that it keeps.
pub struct Trimmer {
    block: usize,
    threshold: f64,
    channels: usize,
    /// In samples, like all that follow.
    keep: usize,
    /// Length of a shortened silence inside: never less than what stays at the end, which can't be known from it.
    inside: usize,
    /// What of `inside` follows the sound before; the rest leads to the sound after, whose onset is soft.
    head: usize,
    judged: Vec<f32>,
    pause: Pause,
    joiner: Joiner,
    begun: bool,
}

impl Trimmer {
    pub fn new(options: Options) -> Self {
        let channels = options.channels;
        let inside = options.longest.max(options.keep);
        let head = options.keep.min(inside / 2);
        Self {
            block: options.block * channels,
            threshold: options.threshold,
            channels,
            keep: options.keep * channels,
            inside: inside * channels,
            head: head * channels,
            judged: Vec::new(),
            // Until it is over, a short silence must be there as a whole: its beginning up to `keep`, and the rest.
            pause: Pause::new(options.keep * channels, inside * channels),
            joiner: Joiner::new(channels, options.fade),
            begun: false,
        }
    }

    /// `samples`: whole sample frames, interleaved. Appends to `out` what can't change any more.
    pub fn push(&mut self, mut samples: &[f32], out: &mut Vec<f32>) {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(self.block - self.judged.len()));
            self.judged.extend_from_slice(now);
            samples = later;
            if self.judged.len() == self.block {
                self.judge(out);
            }
        }
    }

    /// The end of the input.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        self.judge(out);
        let silence = self.pause.len();
        let kept = silence.min(self.keep);
        self.joiner.push(self.pause.first(kept), out);
        if kept < silence {
            self.joiner.cut(out);
        }
        self.joiner.finish(out);
    }

    fn judge(&mut self, out: &mut Vec<f32>) {
        let block = std::mem::take(&mut self.judged);
        if level(&block, self.channels) < self.threshold || block.is_empty() {
            self.pause.push(&block);
        } else {
            self.end_pause(out);
            self.joiner.push(block.iter().copied(), out);
            self.begun = true;
        }
        self.judged = block;
        self.judged.clear();
    }

    /// Sound follows: the silence before it is known.
    fn end_pause(&mut self, out: &mut Vec<f32>) {
        let silence = self.pause.len();
        let most = if self.begun { self.inside } else { self.keep };
        if silence <= most {
            self.joiner.push(self.pause.last(silence), out);
        } else {
            let head = if self.begun { self.head } else { 0 };
            self.joiner.push(self.pause.first(head), out);
            self.joiner.cut(out);
            self.joiner.push(self.pause.last(most - head), out);
        }
        self.pause.clear();
    }
}

/// Root of the mean square of the loudest channel.
fn level(block: &[f32], channels: usize) -> f64 {
    let frames = (block.len() / channels).max(1) as f64;
    let energy = |channel| -> f64 {
        let samples = block.iter().skip(channel).step_by(channels);
        samples.map(|sample| f64::from(*sample).powi(2)).sum()
    };
    ((0..channels).map(energy).fold(0.0, f64::max) / frames).sqrt()
}
