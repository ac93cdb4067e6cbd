//! The whole plugin, in memory.

use voxloom_plugin::serde_json::{json, Value};
use voxloom_plugin::testing::Trial;

use crate::chunker::{Chunker, Options};

fn run(text: &str, config: Value, frame: usize) -> String {
    let trial = Trial {
        frame,
        ..Trial::new("text/plain", config)
    };
    let outcome = trial.run(text.as_bytes(), crate::chunk);
    assert_eq!(outcome.exit_code, 0, "{:?}", outcome.control);
    String::from_utf8(outcome.payload).unwrap()
}

fn options(max: usize, min: usize, keep: bool) -> Value {
    json!({ "max_chars": max, "min_chars": min, "keep_paragraphs": keep })
}

#[test]
fn paragraphs_are_kept_or_joined() {
    let text = "Title\r\n\r\nOne line\r\nand its end.\n \n\n Two.  Three.\n";
    let kept = "Title\n\nOne line and its end.\n\nTwo. Three.\n\n";
    assert_eq!(run(text, options(400, 40, true), 1), kept);
    let joined = "Title One line and its end. Two. Three.\n\n";
    assert_eq!(run(text, options(400, 40, false), 3), joined);
    let cut = "Title One line and its end. Two. Three.\n\nFour and five. Six.\n\n";
    assert_eq!(
        run(
            &format!("{text}Four and five. Six."),
            options(50, 20, false),
            3
        ),
        cut
    );
}

#[test]
fn nothing_and_white_space_give_nothing() {
    assert_eq!(run("", json!({}), 1), "");
    assert_eq!(run(" \n\n \u{a0}\n\t\u{3000}", json!({}), 1), "");
}

#[test]
fn broken_text_is_an_error() {
    let outcome = Trial::new("text/plain", json!({})).run(b"abc\xff", crate::chunk);
    assert_eq!(
        (outcome.exit_code, &outcome.control[0]["code"]),
        (1, &json!("BAD_INPUT"))
    );
}

#[test]
fn a_complete_paragraph_does_not_wait_for_the_end() {
    let mut chunker = Chunker::new(Options {
        max_chars: 400,
        min_chars: 40,
        keep_paragraphs: true,
    });
    let mut chunks = String::new();
    chunker.push("One.\n\nT", &mut chunks);
    assert_eq!(chunks, "One.\n\n");
}

#[test]
fn memory_does_not_grow_with_a_paragraph_without_end() {
    for piece in [
        "and so on ",
        "word",
        "漢。",
        " ",
        "\u{301}",
        "\n",
        "A. ",
        "One, two. ",
        "\u{a0}",
        "a\u{a0}",
    ] {
        let mut chunker = Chunker::new(Options {
            max_chars: 400,
            min_chars: 40,
            keep_paragraphs: true,
        });
        for _ in 0..20_000 {
            let mut chunks = String::new();
            chunker.push(piece, &mut chunks);
            assert!(chunker.kept() <= 440, "{piece:?}");
        }
    }
}

/// Random text of all that could go wrong. A generator of its own (xorshift), so that a failure can be repeated.
fn text(seed: u64, words: usize) -> String {
    const PIECES: &[&str] = &[
        "a",
        "the",
        "Mr.",
        "e.g.",
        "J.",
        "word",
        "Word",
        "3.14",
        "10,000",
        "end.",
        "end!",
        "“Why?”",
        "so…",
        "...",
        "(he",
        "said.)",
        "—",
        "!",
        "?",
        "»",
        "«",
        "漢字。",
        "「はい。」",
        "、",
        "naïve,",
        "e\u{301}\u{302}",
        "👩\u{200d}👩",
        "No.",
        "5",
        "1.",
        "I.",
        "x\u{a0}y",
        "\u{200b}",
        "\u{feff}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    const GAPS: &[&str] = &[
        " ", " ", " ", " ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\u{a0}", "  ", "", "\u{2029}",
    ];
    let mut state = seed * 2 + 1;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    (0..words)
        .map(|_| [PIECES[random(PIECES.len())], GAPS[random(GAPS.len())]].concat())
        .collect()
}

#[test]
fn every_character_comes_out_once_in_order_and_no_chunk_is_too_long() {
    let black = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    for seed in 1..400_u64 {
        let text = text(seed, 300);
        let (max, min) = (50 + (seed as usize * 37) % 200, (seed as usize * 11) % 90);
        let config = options(max, min, seed % 2 == 0);
        let whole = run(&text, config.clone(), 65_536);
        assert_eq!(
            whole,
            run(&text, config, 1 + seed as usize % 7),
            "slices, seed {seed}"
        );
        assert_eq!(black(&whole), black(&text), "seed {seed}");
        for chunk in whole.split_terminator("\n\n") {
            let length = chunk.chars().count();
            assert!(
                (1..=max).contains(&length),
                "seed {seed}: {length} of {max}"
            );
            assert_eq!(chunk.trim(), chunk, "seed {seed}");
            assert!(
                !chunk.contains('\n') && !chunk.contains("  "),
                "seed {seed}"
            );
        }
    }
}

#[test]
fn a_word_is_never_cut_that_fits() {
    for seed in 1..200_u64 {
        // Scripts without spaces may be cut after a full stop, which is no end of a word here.
        let text: String = text(seed, 200).replace(['。', '、', '「', '」'], "x");
        let text: String = text
            .split_whitespace()
            .map(|word| word.chars().take(50).collect::<String>() + " ")
            .collect();
        let out = run(&text, options(50, 20, true), 4096);
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&out), words(&text), "seed {seed}");
    }
}

#[test]
fn sentences_stay_whole_in_ordinary_text() {
    let sentence = "Mr. Brown walked 3.5 miles to St. Ives, and saw no one. ";
    let out = run(&sentence.repeat(50), options(200, 40, true), 100);
    for chunk in out.split_terminator("\n\n") {
        assert!(chunk.ends_with("no one."), "{chunk}");
        assert_eq!(chunk.len() % sentence.len(), sentence.len() - 1);
    }
}
