use std::ops::RangeInclusive;

use crate::boundary::{is_clause_end, is_sentence_end, is_word_end};
use crate::letters::parts_a_letter;

/// A letter has no more marks than this in any language; more are cut all the same.
const MAX_MARKS: usize = 32;

/// How many characters of `text`, which has more than `max`, the next chunk has: 1 to `max`. `min`: what a cut leaves on
/// either side where it can. Pure; the text after `max` is only looked at.
///
/// The last sentence end that leaves enough counts, then the last end of a clause, then any sentence end, then the last
/// word, at last a no-break space. A word longer than a chunk is cut between letters.
pub fn find_cut(text: &[char], max: usize, min: usize) -> usize {
    let last = |range: RangeInclusive<usize>, fits: fn(&[char], usize) -> bool| {
        range.rev().find(|at| *at > 0 && fits(text, *at))
    };
    let low = min.max(1);
    // What is left of the paragraph, or is known of it, shouldn't be too short to be spoken well.
    let high = max.min(text.len().saturating_sub(min));
    last(low..=high, is_sentence_end)
        .or_else(|| last(low..=max, is_sentence_end))
        .or_else(|| last(low..=high, is_clause_end))
        .or_else(|| last(low..=max, is_clause_end))
        .or_else(|| last(1..=low, is_sentence_end))
        .or_else(|| last(low..=high, is_word_end))
        .or_else(|| last(1..=max, is_word_end))
        .or_else(|| last(1..=max, |text, at| text[at].is_whitespace()))
        .unwrap_or_else(|| between_letters(text, max))
}

fn between_letters(text: &[char], max: usize) -> usize {
    let nearest = max.saturating_sub(MAX_MARKS).max(1);
    let whole = |at: &usize| !parts_a_letter(text, *at);
    (nearest..=max).rev().find(whole).unwrap_or(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, max: usize, min: usize) -> (String, String) {
        let chars: Vec<char> = text.chars().collect();
        let at = find_cut(&chars, max, min);
        (chars[..at].iter().collect(), chars[at..].iter().collect())
    }

    #[test]
    fn prefers_sentences_then_clauses_then_words() {
        assert_eq!(
            cut("One two. Three four. Five six", 22, 4).0,
            "One two. Three four."
        );
        assert_eq!(
            cut("One two three, four five six", 20, 4).0,
            "One two three,"
        );
        assert_eq!(
            cut("One two three four five six", 20, 4).0,
            "One two three four"
        );
        assert_eq!(cut("Yes. One two three four five", 20, 8).0, "Yes.");
    }

    #[test]
    fn leaves_no_short_rest_where_it_can() {
        assert_eq!(
            cut("One two three. Four five six. No.", 30, 8).0,
            "One two three."
        );
        assert_eq!(
            cut("One two three four five six. No.", 30, 8).0,
            "One two three four five six."
        );
    }

    #[test]
    fn cuts_a_long_word_between_letters() {
        assert_eq!(cut("abcdefghij", 4, 2).0, "abcd");
        assert_eq!(cut("abce\u{301}\u{302}fghij", 5, 2).0, "abc");
        assert_eq!(cut("漢字漢字漢字", 4, 0).0, "漢字漢字");
        let marks = "\u{301}".repeat(50);
        assert_eq!(cut(&marks, 40, 0).0.chars().count(), 40);
    }
}
