//! Words that end with a full stop and don't end a sentence. A missed one costs a cut too many, a wrong one a cut too
//! few, which is the smaller harm: the lists are generous.

/// Something always follows.
const ALWAYS: &[&str] = &[
    "approx", "bzw", "ca", "capt", "cf", "cmdr", "col", "cpl", "dipl", "dott", "dr", "evtl",
    "exkl", "fr", "gen", "ggf", "gov", "hon", "hr", "inkl", "lt", "maj", "messrs", "mlle", "mme",
    "mr", "mrs", "ms", "mx", "pres", "prof", "pvt", "rep", "rev", "sen", "sgt", "sig", "sog", "sr",
    "sra", "srta", "st", "supt", "vgl", "viz", "vs", "zzgl",
];

/// Abbreviations before a number, words or sentence ends elsewhere: “No. 5”, but “No. Never.”
const BEFORE_NUMBER: &[&str] = &[
    "abb", "abs", "apr", "art", "aug", "bd", "ch", "dec", "dez", "eq", "feb", "fig", "figs", "jan",
    "jul", "jun", "kap", "mar", "no", "nos", "nov", "nr", "nrs", "oct", "okt", "pp", "sec", "sep",
    "sept", "tel", "vol", "vols",
];

/// Letters and dots that may end a sentence: “at 5 p.m. Then …”
const DOTTED_ENDS: &[&str] = &["a.m", "p.m", "b.c", "a.d", "b.c.e", "c.e"];

/// Whether the full stop after `before` belongs to an abbreviation, an initial or the number of a list.
/// `next`: the first letter or digit of the following word. `before` begins where the chunk begins.
pub fn is_abbreviation(before: &[char], next: Option<char>) -> bool {
    let from = before
        .iter()
        .rposition(|c| !c.is_alphabetic() && *c != '.')
        .map_or(0, |at| at + 1);
    let word = &before[from..];
    match word {
        [] => is_list_number(before),
        [letter] => {
            (letter.is_uppercase() || letter.is_lowercase())
                && !is_pronoun(*letter, &before[..from])
        }
        _ if word.len() > 12 => false,
        _ => {
            let lower: String = word.iter().flat_map(|c| c.to_lowercase()).collect();
            let lower = lower.trim_start_matches('.');
            if lower.contains('.') {
                // “e.g.”, “U.S.”, “z.B.”: short parts. “example.com.” ends a sentence.
                let short = lower
                    .split('.')
                    .all(|part| (1..=2).contains(&part.chars().count()));
                return short && !DOTTED_ENDS.contains(&lower);
            }
            let number_follows = next.is_some_and(char::is_numeric);
            ALWAYS.contains(&lower) || (number_follows && BEFORE_NUMBER.contains(&lower))
        }
    }
}

/// “1. First”: a number that is all there is so far.
fn is_list_number(before: &[char]) -> bool {
    let digits = before.iter().rev().take_while(|c| c.is_numeric()).count();
    let ahead = before.len() - digits;
    (1..=3).contains(&digits) && (ahead == 0 || before[ahead - 1] == crate::boundary::PARAGRAPH)
}

/// “So do I. Then …”: the word, not an initial.
fn is_pronoun(letter: char, ahead: &[char]) -> bool {
    letter == 'I' && matches!(ahead, [.., before, ' '] if before.is_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, next: char) -> bool {
        is_abbreviation(&before.chars().collect::<Vec<_>>(), Some(next))
    }

    #[test]
    fn knows_titles_initials_and_numbers() {
        for (before, next) in [
            ("Mr", 'S'),
            ("with Dr", 'B'),
            ("e.g", 'T'),
            ("the U.S", 'A'),
            ("(Ph.D", 'X'),
            ("J", 'R'),
            ("J. R. R", 'T'),
            ("No", '5'),
            ("Jan", '3'),
            ("1", 'F'),
            ("z.B", 'H'),
        ] {
            assert!(check(before, next), "{before}.");
        }
    }

    #[test]
    fn leaves_sentences_alone() {
        for (before, next) in [
            ("No", 'I'),
            ("He is here", 'H'),
            ("So do I", 'T'),
            ("see example.com", 'T'),
            ("at 5 p.m", 'T'),
            ("He was 12", 'T'),
            ("It cost 3.14", 'T'),
            ("and so on, etc", 'T'),
            ("", 'T'),
        ] {
            assert!(!check(before, next), "{before}.");
        }
    }
}
