//! Where sentences and clauses end. Text is a slice of characters in which white space is one space, and the end of a
//! paragraph that is not kept is [`PARAGRAPH`].

use crate::abbreviations::is_abbreviation;

/// Stands for a blank line inside a chunk; written as a space.
pub const PARAGRAPH: char = '\u{2029}';

const ENDS: &str = ".!?…‼⁇⁈⁉؟۔।॥";
/// Full stops of scripts that write no space after them.
const WIDE_ENDS: &str = "。！？｡";
const CLAUSE_ENDS: &str = ",;:–—،؛";
const WIDE_CLAUSE_ENDS: &str = "、，；：､";
/// The German “ and the Danish « close as well as open; before a space they close.
const CLOSERS: &str = "\"'”’»›«‹“‘)]}*_」』】〉》）］｣";
const OPENERS: &str = "\"'“‘„‚«‹»›”([{*_¿¡「『【〈《（［｢";
/// Never first in a chunk: French puts a space before them.
const LEANING: &str = "!?;:»›%…–—";

fn has(set: &str, c: char) -> bool {
    set.contains(c)
}

/// Whether there is a gap after the first `at` characters.
pub fn is_gap(text: &[char], at: usize) -> bool {
    matches!(text.get(at), Some(' ' | &PARAGRAPH))
}

/// Whether a chunk may end after the first `at` characters because a sentence does.
pub fn is_sentence_end(text: &[char], at: usize) -> bool {
    if text.get(at) == Some(&PARAGRAPH) {
        return true;
    }
    let last = before_closers(text, at);
    let Some(end) = last.checked_sub(1).map(|index| text[index]) else {
        return false;
    };
    if has(WIDE_ENDS, end) {
        return !leans_on(text, at);
    }
    if text.get(at) != Some(&' ') || !has(ENDS, end) || starts_leaning(text, at) {
        return false;
    }
    let next = text[at + 1..].iter().copied().find(|c| !has(OPENERS, *c));
    if next.is_some_and(char::is_lowercase) {
        return false;
    }
    let ellipsis = last >= 2 && text[last - 2] == '.';
    end != '.' || ellipsis || !is_abbreviation(&text[..last - 1], next)
}

/// Whether a chunk may end after the first `at` characters because a part of a sentence does.
pub fn is_clause_end(text: &[char], at: usize) -> bool {
    let Some(end) = before_closers(text, at)
        .checked_sub(1)
        .map(|index| text[index])
    else {
        return false;
    };
    if has(WIDE_CLAUSE_ENDS, end) {
        return !leans_on(text, at);
    }
    text.get(at) == Some(&' ') && has(CLAUSE_ENDS, end) && !starts_leaning(text, at)
}

/// Whether a chunk may end after the first `at` characters because a word does.
pub fn is_word_end(text: &[char], at: usize) -> bool {
    is_gap(text, at) && !starts_leaning(text, at)
}

/// How many of the first `at` characters are left without closing quotes and brackets at their end, and without the
/// space that French puts before ».
fn before_closers(text: &[char], at: usize) -> usize {
    let closers = text[..at]
        .iter()
        .rev()
        .take_while(|c| has(CLOSERS, **c))
        .count();
    let left = at - closers;
    let spaced =
        matches!(text.get(left), Some('»' | '›')) && left > 0 && text[left - 1].is_whitespace();
    left - usize::from(spaced)
}

/// In scripts without spaces: whether what follows still belongs to the full stop before it.
fn leans_on(text: &[char], at: usize) -> bool {
    let next = text.get(at).copied();
    next.is_some_and(|c| {
        has(CLOSERS, c) || has(WIDE_ENDS, c) || has(WIDE_CLAUSE_ENDS, c) || has(ENDS, c)
    })
}

fn starts_leaning(text: &[char], at: usize) -> bool {
    let next = text.get(at + 1).copied();
    // A word such as “:-)” or “%s” is no reason not to cut before it, but a lone sign is.
    next.is_some_and(|c| has(LEANING, c)) && text.get(at + 2).is_none_or(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sentences of a text, by all ends that are found.
    fn sentences(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut found = Vec::new();
        let mut from = 0;
        for at in 1..chars.len() {
            if is_sentence_end(&chars, at) {
                found.push(chars[from..at].iter().collect());
                from = if is_gap(&chars, at) { at + 1 } else { at };
            }
        }
        found.push(chars[from..].iter().collect());
        found
    }

    #[test]
    fn sentences_end_where_they_end() {
        for expected in [
            vec!["Mr. Smith paid 3.50 to Dr. J. R. Jones.", "He left."],
            vec!["“Stop!” he said.", "“Why?”", "Nobody knew…", "So it went."],
            vec![
                "Well... maybe not.",
                "Or...",
                "No.",
                "See No. 5 (p. 7, e.g. there).",
                "Right?!",
                "Yes.",
            ],
            vec!["1. First, the list.", "Then more."],
            vec!["Quoi ?", "Rien !", "Il dit : « Non. »", "Bon."],
            vec![
                "他说：“好。”",
                "然后走了。",
                "真的？！",
                "「はい。」",
                "終わり",
            ],
            vec![
                "Er kam z.B. am Abend, bzw. in der Nacht.",
                "„Gut.“",
                "Dann ging er.",
            ],
            vec!["(He knew.)", "*She did not.*", "The end"],
        ] {
            // Scripts without spaces are joined without.
            let wide = expected[0].contains('。');
            let text = expected.join(if wide { "" } else { " " });
            assert_eq!(sentences(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_sign_after_a_space_stays_with_its_word() {
        let chars: Vec<char> = "mot ? :-) a".chars().collect();
        assert!(!is_word_end(&chars, 3));
        assert!(is_word_end(&chars, 9));
    }
}
