use crate::boundary::PARAGRAPH;
use crate::cut::find_cut;
use crate::gap::{Gap, Meaning};

/// Characters after a chunk that are looked at before it is cut: the next word's beginning, with its quotes.
const LOOK_AHEAD: usize = 32;

pub struct Options {
    /// Characters of a chunk.
    pub max_chars: usize,
    /// At most half of `max_chars`.
    pub min_chars: usize,
    pub keep_paragraphs: bool,
}

/// Cuts a stream of text. What is kept of it is never longer than a chunk and the look-ahead.
pub struct Chunker {
    options: Options,
    /// The chunk under way: single spaces, none at its start or end.
    text: Vec<char>,
    gap: Gap,
}

impl Chunker {
    pub fn new(options: Options) -> Self {
        Self {
            options,
            text: Vec::new(),
            gap: Gap::default(),
        }
    }

    /// Appends to `chunks` all chunks that are complete, with a blank line after each, so that whoever reads on knows
    /// that it has the whole of it.
    pub fn push(&mut self, input: &str, chunks: &mut String) {
        for c in input.chars() {
            if c.is_whitespace() {
                self.gap.add(c);
            } else {
                self.add(c, chunks);
            }
        }
    }

    /// Appends what is left at the end of the input.
    pub fn finish(&mut self, chunks: &mut String) {
        while self.text.len() > self.options.max_chars {
            self.cut(chunks);
        }
        let rest = self.text.len();
        self.emit(rest, chunks);
    }

    /// Characters that are kept.
    #[cfg(test)]
    pub fn kept(&self) -> usize {
        self.text.len()
    }

    fn add(&mut self, c: char, chunks: &mut String) {
        match (self.gap.take(), self.options.keep_paragraphs) {
            (Meaning::Nothing, _) => {}
            (Meaning::Paragraph, true) => self.finish(chunks),
            _ if self.text.is_empty() => {}
            (Meaning::Paragraph, false) => self.text.push(PARAGRAPH),
            (Meaning::Joint(joint), _) => self.text.push(joint),
            (Meaning::Space, _) => self.text.push(' '),
        }
        self.text.push(c);
        let ahead = self.options.min_chars.max(LOOK_AHEAD);
        while self.text.len() > self.options.max_chars + ahead {
            self.cut(chunks);
        }
    }

    fn cut(&mut self, chunks: &mut String) {
        let at = find_cut(&self.text, self.options.max_chars, self.options.min_chars);
        self.emit(at, chunks);
    }

    fn emit(&mut self, at: usize, chunks: &mut String) {
        if at == 0 {
            return;
        }
        let chunk = self.text[..at].iter();
        chunks.extend(chunk.map(|c| if *c == PARAGRAPH { ' ' } else { *c }));
        chunks.push_str("\n\n");
        let next = at + usize::from(self.text.get(at).is_some_and(|c| c.is_whitespace()));
        self.text.drain(..next);
    }
}
