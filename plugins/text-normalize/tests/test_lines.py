import unittest

from helping import clean

GUTENBERG = """\
     Chapter I

It is a truth universally acknowledged, that a single man in
possession of a good fortune, must be in want of a wife.

However little known the feelings or views of such a man may be
on his first entering a neighbourhood, this truth is so well
fixed in the minds of the surrounding families, that he is con-
sidered as the rightful property of some one or other of their
daughters.

“My dear Mr. Bennet,” said his lady to him one day, “have you
heard that Netherfield Park is let at last?”
"""


class Unwrapping(unittest.TestCase):
    def test_a_wrapped_book(self):
        self.assertEqual(
            clean(GUTENBERG),
            "Chapter I\n\n"
            "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in "
            "want of a wife.\n\n"
            "However little known the feelings or views of such a man may be on his first entering a neighbourhood, "
            "this truth is so well fixed in the minds of the surrounding families, that he is considered as the "
            "rightful property of some one or other of their daughters.\n\n"
            "“My dear Mr. Bennet,” said his lady to him one day, “have you heard that Netherfield Park is let at "
            "last?”\n",
        )

    def test_a_line_may_begin_with_a_capital(self):
        text = "On the seventeenth of that month the traveller arrived in\nParis, where nobody was expecting him.\n"
        self.assertEqual(clean(text), text.replace("in\nParis", "in Paris"))

    def test_divided_words(self):
        for left, right, expected in (
            ("a remark-", "able day", "a remarkable day"),
            ("a well-", "known face", "a well-known face"),
            ("a self-", "ish man", "a selfish man"),
            ("the Anglo-", "Saxon kings", "the Anglo-Saxon kings"),
            ("mother-in-", "law", "mother-in-law"),
            ("mother-", "in-law", "mother-in-law"),
            ("an X-", "ray", "an X-ray"),
            ("in pre-", "and post-war years", "in pre- and post-war years"),
            ("from 1914-", "1918", "from 1914-1918"),
            ("wait--", "what", "wait—what"),
            ("Wör\u00ad", "ter", "Wörter"),
            ("remark¬", "able", "remarkable"),
            ("5 -", "x", "5 - x"),
        ):
            self.assertEqual(clean(f"{left}\n{right}"), expected + "\n")

    def test_pages_of_single_line_paragraphs_stay_apart(self):
        first, second = "This is one long line of the web. " * 5, "Another one follows it at once. " * 5
        self.assertEqual(clean(first + "\n" + second), first.strip() + "\n\n" + second.strip() + "\n")

    def test_indented_paragraphs(self):
        text = (
            "  The first paragraph of this book begins with spaces, and it\n"
            "goes on over a second line of nearly the full width of it.\n"
            "  The second begins in the same way, as books did for long.\n"
        )
        self.assertEqual(clean(text).count("\n\n"), 1)

    def test_verse_keeps_its_lines(self):
        verse = "Shall I compare thee to a summer’s day?\nThou art more lovely and more temperate:\nRough winds do shake\n"
        self.assertEqual(clean(verse), verse)

    def test_headings_in_capitals_stay(self):
        self.assertEqual(clean("CHAPTER IV\nThe night was dark.\n\nTHE END"), "CHAPTER IV\n\nThe night was dark.\n\nTHE END\n")

    def test_lists(self):
        self.assertEqual(clean("Bring:\n- bread\n- cheese of\n  the good sort\n• wine"), "Bring:\n\nbread\n\ncheese of the good sort\n\nwine\n")
        self.assertEqual(clean("1. Wash it.\n2. Dry it.\n\n\uf0b7 Done"), "1. Wash it.\n\n2. Dry it.\n\nDone\n")
        # A hyphen or number that begins a line by chance.
        text = "He had seven of them already when the spring came in the year of\n12. And yet he wanted more of them, and\n- who knows - got them."
        self.assertEqual(clean(text), text.replace("\n", " ") + "\n")

    def test_dialogue_with_dashes(self):
        self.assertEqual(clean("— Bonjour, monsieur.\n— Bonjour."), "— Bonjour, monsieur.\n\n— Bonjour.\n")

    def test_scripts_without_spaces(self):
        self.assertEqual(clean("吾輩は猫である。名前はまだ無い。どこで\n生れたかとんと見当がつかぬ。"), "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n")
        self.assertEqual(clean("나는 학교에\n갔다."), "나는 학교에 갔다.\n")

    def test_lines_stay_when_asked(self):
        self.assertEqual(clean("one\n  two-\nthree\n\n\n\nfour", unwrap=False), "one\ntwo-\nthree\n\nfour\n")


class Pages(unittest.TestCase):
    A = "The keeper climbed the stairs of the tower every evening and he"
    B = "lit the lamp, and every morning he put it out again."

    def test_numbers_inside_a_sentence(self):
        for number in ("12", "\n12\n", "- 12 -", "[Pg 12]", "Page 12 of 300", "\nxiv\n", "\n12\n\f", "\f", "\n\f\n"):
            self.assertEqual(clean(f"{self.A}\n{number}\n{self.B}"), f"{self.A} {self.B}\n", number)

    def test_numbers_between_paragraphs(self):
        self.assertEqual(clean("One.\n\n12\n\nTwo.\n\n13"), "One.\n\nTwo.\n")
        self.assertEqual(clean("One.\n\n12\n\nTwo.", footnotes=False), "One.\n\n12\n\nTwo.\n")

    def test_numbers_that_are_the_text(self):
        for text in ("42", "3\n2\n1\n", "The answer is\n42\n", "Ten.\n\n10\n\n9\n\n8", "II.\n\nHe left.", "civil\n", "1984. A year."):
            self.assertEqual(clean(text).split(), text.split())

    def test_running_heads(self):
        pages = "".join(f"\fPRIDE AND PREJUDICE {n}\n\n{self.A}\n" for n in (11, 13)) + f"\f{self.B}"
        self.assertNotIn("PRIDE", clean(pages))
        pages = "".join(f"{self.A}\n\n{n} PRIDE AND PREJUDICE\n\n" for n in (10, 12, 14))
        self.assertEqual(clean(pages).count("PRIDE"), 1)
        pages = "".join(f"\fThe Sea Wolf\n\n{self.A}\n" for _ in range(4))
        self.assertEqual(clean(pages).count("Wolf"), 1)

    def test_headings_with_numbers_are_no_running_heads(self):
        text = "CHAPTER 1\n\nOne.\n\n\fCHAPTER 2\n\nTwo.\n\nCASE STUDY 1\n\nA.\n\nCASE STUDY 2\n\nB.\n"
        self.assertEqual(clean(text), text.replace("\f", ""))

    def test_scene_breaks(self):
        for row in ("* * *", "***", "-----", "⁂", "~~~", "_______", "• • •", "#"):
            self.assertEqual(clean(f"One.\n{row}\nTwo."), "One.\n\nTwo.\n", row)
        self.assertEqual(clean("A title\n=======\nText."), "A title\n\nText.\n")


if __name__ == "__main__":
    unittest.main()
