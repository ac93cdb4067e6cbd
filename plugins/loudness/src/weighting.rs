//! K-weighting: what ITU-R BS.1770-4 (annex 1) puts in front of the measurement. The standard lists coefficients for
//! 48 kHz only. They are two textbook filters, made by the bilinear transform; with the frequencies, qualities and gains
//! below, found by solving for them, the same filters are had at any rate. The test compares them with the standard.

use std::f64::consts::PI;

/// The head's effect: a high shelf.
const SHELF_HZ: f64 = 1_681.974_450_955_533;
const SHELF_Q: f64 = 0.707_175_236_955_419_6;
const SHELF_DB: f64 = 3.999_843_853_973_347;
/// Exponent of the shelf's gain at its own frequency; a textbook shelf has 0.5.
const SHELF_MIDDLE: f64 = 0.499_666_774_154_541_6;
/// The revised low-frequency B curve: a high-pass.
const PASS_HZ: f64 = 38.135_470_876_024_44;
const PASS_Q: f64 = 0.500_327_037_323_877_3;

/// A filter of second order, in the transposed direct form II.
#[derive(Debug, Clone)]
pub struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    fn new(b: [f64; 3], a: [f64; 2]) -> Self {
        Self {
            b,
            a,
            state: [0.0; 2],
        }
    }

    fn shelf(rate: f64) -> Self {
        let k = warped(SHELF_HZ, rate);
        let high = 10_f64.powf(SHELF_DB / 20.0);
        let middle = high.powf(SHELF_MIDDLE);
        let a0 = 1.0 + k / SHELF_Q + k * k;
        let b = [
            (high + middle * k / SHELF_Q + k * k) / a0,
            2.0 * (k * k - high) / a0,
            (high - middle * k / SHELF_Q + k * k) / a0,
        ];
        Self::new(b, poles(k, SHELF_Q))
    }

    fn pass(rate: f64) -> Self {
        let k = warped(PASS_HZ, rate);
        let gain = |k: f64| 1.0 + k / PASS_Q + k * k;
        // The standard's filter is a little louder than 1 above its edge. At other rates it must be as loud.
        let b0 = gain(warped(PASS_HZ, 48_000.0)) / gain(k);
        Self::new([b0, -2.0 * b0, b0], poles(k, PASS_Q))
    }

    fn run(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

/// Both filters in a row, for one channel.
#[derive(Debug, Clone)]
pub struct Weighting([Biquad; 2]);

impl Weighting {
    /// `rate` in Hz.
    pub fn new(rate: f64) -> Self {
        Self([Biquad::shelf(rate), Biquad::pass(rate)])
    }

    pub fn run(&mut self, sample: f64) -> f64 {
        let shelved = self.0[0].run(sample);
        self.0[1].run(shelved)
    }
}

/// A frequency as the bilinear transform has it. Under 3.7 kHz the shelf lies beyond what the rate can carry.
fn warped(hz: f64, rate: f64) -> f64 {
    (PI * (hz / rate).min(0.45)).tan()
}

fn poles(k: f64, q: f64) -> [f64; 2] {
    let a0 = 1.0 + k / q + k * k;
    [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: &[f64], expected: &[f64]) {
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-8, "{got}, not {expected}");
        }
    }

    #[test]
    fn is_the_standard_at_48_khz() {
        let Weighting([shelf, pass]) = Weighting::new(48_000.0);
        near(
            &shelf.b,
            &[1.53512485958697, -2.69169618940638, 1.19839281085285],
        );
        near(&shelf.a, &[-1.69065929318241, 0.73248077421585]);
        near(&pass.b, &[1.0, -2.0, 1.0]);
        near(&pass.a, &[-1.99004745483398, 0.99007225036621]);
    }
}
