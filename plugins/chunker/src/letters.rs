//! Letters of more than one character.

/// Whether a cut after the first `at` characters would part a letter from its accent, or an emoji from its colour.
pub fn parts_a_letter(text: &[char], at: usize) -> bool {
    let joins = |c: char| {
        matches!(u32::from(c),
            0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x65f | 0x900..=0x903
            | 0x93a..=0x94f | 0xe31 | 0xe34..=0xe3a | 0xe47..=0xe4e | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff
            | 0x20d0..=0x20ff | 0x200c..=0x200d | 0x3099..=0x309a | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f
            | 0x1f3fb..=0x1f3ff | 0xe0020..=0xe007f | 0xe0100..=0xe01ef)
    };
    text.get(at).copied().is_some_and(joins) || (at > 0 && text[at - 1] == '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_joined_emoji_belong_to_their_letter() {
        let text: Vec<char> = "ae\u{301}👩\u{200d}👩👍🏽b".chars().collect();
        let parts: Vec<usize> = (0..=text.len())
            .filter(|at| parts_a_letter(&text, *at))
            .collect();
        assert_eq!(parts, [2, 4, 5, 7]);
    }
}
