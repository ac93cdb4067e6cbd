/// White space that came since the last letter, however much it was.
#[derive(Debug, Default)]
pub struct Gap {
    newlines: u8,
    after_return: bool,
    count: u8,
    last: Option<char>,
}

/// What white space means.
#[derive(Debug, PartialEq, Eq)]
pub enum Meaning {
    Nothing,
    /// A place where a line may be broken, and a chunk cut.
    Space,
    /// A single no-break space: it holds its neighbours together, and stays.
    Joint(char),
    Paragraph,
}

impl Gap {
    pub fn add(&mut self, c: char) {
        let newlines = match c {
            // \r\n is one end of line.
            '\n' if self.after_return => 0,
            '\n' | '\r' | '\u{85}' | '\u{2028}' => 1,
            '\u{2029}' => 2,
            _ => 0,
        };
        self.after_return = c == '\r';
        self.newlines = self.newlines.saturating_add(newlines);
        self.count = self.count.saturating_add(1);
        self.last = Some(c);
    }

    /// What came, and begins anew.
    pub fn take(&mut self) -> Meaning {
        let gap = std::mem::take(self);
        match (gap.newlines, gap.count, gap.last) {
            (_, _, None) => Meaning::Nothing,
            (2.., _, _) => Meaning::Paragraph,
            (_, 1, Some(c @ ('\u{a0}' | '\u{202f}' | '\u{2007}'))) => Meaning::Joint(c),
            _ => Meaning::Space,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> Meaning {
        let mut gap = Gap::default();
        text.chars().for_each(|c| gap.add(c));
        gap.take()
    }

    #[test]
    fn a_blank_line_ends_a_paragraph_whatever_the_line_ends() {
        for text in [
            "\n\n",
            "\r\n\r\n",
            "\r\r",
            "\n \t\n",
            " \r\n  \r\n\r\n ",
            "\u{2029}",
        ] {
            assert_eq!(meaning(text), Meaning::Paragraph, "{text:?}");
        }
        for text in ["\n", "\r\n", "\r", " \n ", "\u{a0}\n", "  "] {
            assert_eq!(meaning(text), Meaning::Space, "{text:?}");
        }
        assert_eq!(meaning(""), Meaning::Nothing);
        assert_eq!(meaning("\u{a0}"), Meaning::Joint('\u{a0}'));
        assert_eq!(meaning("\u{a0}\u{a0}"), Meaning::Space);
    }
}
