use std::collections::VecDeque;

/// A silence whose end isn't known yet. Of however long a one, only its beginning and its end are kept, because the
/// middle is what is left out. All lengths are in samples, of whole sample frames.
pub struct Pause {
    first: Vec<f32>,
    first_room: usize,
    last: VecDeque<f32>,
    last_room: usize,
    length: usize,
}

impl Pause {
    /// `first_room` and `last_room`: samples that are kept of the beginning and of the end.
    pub fn new(first_room: usize, last_room: usize) -> Self {
        Self {
            first: Vec::new(),
            first_room,
            last: VecDeque::new(),
            last_room,
            length: 0,
        }
    }

    pub fn push(&mut self, samples: &[f32]) {
        self.length += samples.len();
        let room = self.first_room - self.first.len();
        self.first
            .extend_from_slice(&samples[..samples.len().min(room)]);
        self.last
            .extend(&samples[samples.len().saturating_sub(self.last_room)..]);
        let over = self.last.len().saturating_sub(self.last_room);
        self.last.drain(..over);
    }

    /// Samples in all, kept or not.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The first `count` samples; at most `first_room`.
    pub fn first(&self, count: usize) -> impl Iterator<Item = f32> + '_ {
        self.first[..count.min(self.first.len())].iter().copied()
    }

    /// The last `count` samples; at most `last_room`.
    pub fn last(&self, count: usize) -> impl Iterator<Item = f32> + '_ {
        let from = self.last.len().saturating_sub(count);
        self.last.range(from..).copied()
    }

    pub fn clear(&mut self) {
        self.first.clear();
        self.last.clear();
        self.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_both_ends_in_any_slices() {
        let samples: Vec<f32> = (0..100).map(|n| n as f32).collect();
        for slice in [1, 7, 100] {
            let mut pause = Pause::new(5, 3);
            samples.chunks(slice).for_each(|part| pause.push(part));
            assert_eq!(pause.len(), 100);
            assert_eq!(
                pause.first(9).collect::<Vec<_>>(),
                [0.0, 1.0, 2.0, 3.0, 4.0]
            );
            assert_eq!(pause.last(2).collect::<Vec<_>>(), [98.0, 99.0]);
            assert_eq!(pause.last(9).count(), 3);
            pause.clear();
            assert_eq!((pause.len(), pause.last(9).count()), (0, 0));
        }
    }
}
