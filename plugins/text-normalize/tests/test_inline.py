import unittest

from helping import clean


class Inline(unittest.TestCase):
    def same(self, text, expected, **options):
        self.assertEqual(clean(text, **options), expected + "\n", text)

    def test_characters(self):
        self.same("\ufeffo\u00adne\u200b tw\u2060o\x00\x07", "one two")
        self.same("e\u0301te\u0301", "été")
        self.same("e\u00ad\u0301", "é")
        self.same("the ﬁrst ﬂoor, an oﬃce, ſo", "the first floor, an office, so")
        self.same("a\u00a0b\u2009c\u3000d\te", "a b c d e")
        self.same("one\r\ntwo\rthree\u2028four\x0bfive", "one two three four five")
        self.same("non‑breaking", "non-breaking")
        self.same("می‌خواهم 👩‍🚀 क्‍ष", "می‌خواهم 👩‍🚀 क्‍ष")
        self.same("ab\u200dc\ue123d", "abcd")

    def test_emphasis(self):
        self.same("It was _so very_ odd, *really* **so**, =bold=.", "It was so very odd, really so, bold.")
        self.same("_a\nlong_ one", "a long one")
        self.same("_begun here\n\nand ended here_", "begun here\n\nand ended here")
        self.same("snake_case, 2 * 3 * 4, a = b = c", "snake_case, 2 * 3 * 4, a = b = c")
        self.same("_so_", "_so_", emphasis=False)
        self.same("## A title\nText", "A title\n\nText")

    def test_footnotes(self):
        self.same("One.[1] Two [2, 3] three.[a] Four[A] five.² Six¹⁰ dagger† star*.", "One. Two three. Four five. Six¹⁰ dagger star.")
        self.same("Water¹⁰ and stone²", "Water and stone")
        self.same("[1] See Smith.", "See Smith.")
        self.same("Yes.[citation needed] No.[note 2]", "Yes. No.")
        self.same("5 m², 3 km³, E = mc², in [1984], boy[s], [a] man", "5 m², 3 km³, E = mc², in [1984], boy[s], [a] man")
        self.same("One.[1]", "One.[1]", footnotes=False)

    def test_marks_of_the_studio_stay(self):
        text = "[Nguyen](/wˈɪn/) waits [pause 1.5s] here [pause 500ms]."
        self.same(text, text)

    def test_links(self):
        self.same("See https://www.example.org/a_b_c?x=1.", "See a link to example.org.")
        self.same("(www.example.org/a_(b))", "(a link to example.org)")
        self.same("A link to http://example.org:8080/x!", "A link to example.org!")
        self.same("Write to jo.doe@mail.example.org, please.", "Write to an e-mail address at mail.example.org, please.")
        self.same("[The site](https://example.org/x) and <https://example.com>", "The site and a link to example.com")
        self.same("![A map](images/map.png) in [the guide](guide.md#maps), [below](#end)", "A map in the guide, below")
        self.same("See https://example.org/a_b_c--d__e!!!", "See https://example.org/a_b_c--d__e!", links="keep")
        self.same("See it (https://example.org) here: https://a.b/c.", "See it here:.", links="drop")
        self.assertEqual(clean("https://example.org/", links="drop"), "")

    def test_punctuation(self):
        self.same("What?!?! No!!! Why??? Well.... So . . . yes,, and -- no", "What?! No! Why? Well... So... yes, and — no")
        self.same("I. The storm ........ 5", "I. The storm, 5")
        self.same("Version 1.2.3 of e.g. this...", "Version 1.2.3 of e.g. this...")

    def test_quotes(self):
        self.same("“It’s” – «so» — ‘yes’", "\"It's\" - \"so\" -- 'yes'", quotes="straight")
        self.same("“It’s” – «so»", "“It’s” – «so»")

    def test_numbers_and_dates_are_left_to_the_voice(self):
        text = "On 3/4/2024 at 10:30, $1,234.50 or 50% of 2nd-hand №5."
        self.same(text, text)

    def test_nothing(self):
        for text in ("", "\n\n \n", "\ufeff", "* * *", "…"):
            self.assertEqual(clean(text), "")


if __name__ == "__main__":
    unittest.main()
