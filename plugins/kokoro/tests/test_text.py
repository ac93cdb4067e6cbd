import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from text import LONGEST, LONGEST_SENTENCE, pieces, sentences, spoken_times  # noqa: E402


class Sentences(unittest.TestCase):
    def cut(self, text):
        return list(sentences(text))

    def test_a_sentence_ends_at_its_stop(self):
        self.assertEqual(self.cut("One. Two! Three? Four"), ["One.", "Two!", "Three?", "Four"])

    def test_a_title_or_an_initial_ends_nothing(self):
        text = "Dr. Alvarez met J. R. R. Tolkien, e.g. Yesterday. They talked."
        self.assertEqual(self.cut(text), ["Dr. Alvarez met J. R. R. Tolkien, e.g. Yesterday.", "They talked."])

    def test_closing_quotes_stay_with_their_sentence(self):
        self.assertEqual(self.cut("“Go!” He went."), ["“Go!”", "He went."])
        self.assertEqual(self.cut("“Go!” he said."), ["“Go!” he said."])

    def test_a_paragraph_ends_a_sentence_without_a_stop(self):
        self.assertEqual(self.cut("A title\n\nThe text."), ["A title", "The text."])

    def test_without_a_word_there_is_nothing_to_say(self):
        self.assertEqual(self.cut(" \n\n ... — !"), [])

    def test_at_the_limit_a_sentence_is_one_and_past_it_two(self):
        self.assertEqual(len(self.cut("a" * LONGEST_SENTENCE)), 1)
        self.assertEqual([len(part) for part in self.cut("a" * (LONGEST_SENTENCE + 1))], [LONGEST_SENTENCE, 1])


    def test_long_rows_of_signs_take_no_longer_than_words(self):
        # Both are done in milliseconds; from each sign anew the row would take minutes.
        for text in ("." * 200_000, "\n " * 100_000, "e.g. " * 40_000, "A. " * 60_000):
            list(sentences(text))


class Times(unittest.TestCase):
    def test_times_of_day_become_words(self):
        self.assertEqual(spoken_times("At 7:30, 7:05 and 19:00."), "At 7 30, 7 oh 5 and 19 o'clock.")
        self.assertEqual(spoken_times("7:00 pm"), "7 pm")

    def test_what_is_no_time_stays(self):
        for text in ("3:1 against", "25:10", "10:20:30"):
            self.assertEqual(spoken_times(text), text)


class Pieces(unittest.TestCase):
    def test_at_the_limit_it_is_one_and_past_it_two(self):
        self.assertEqual(len(pieces("a" * LONGEST)), 1)
        self.assertEqual([len(piece) for piece in pieces("a" * (LONGEST + 1))], [LONGEST, 1])

    def test_a_sign_is_the_best_place_and_a_space_the_next(self):
        self.assertEqual(pieces("aaaa bbbb, cccc dddd", 14), ["aaaa bbbb,", "cccc dddd"])
        self.assertEqual(pieces("aaaa bbbb cccc", 11), ["aaaa bbbb", "cccc"])

    def test_nothing_is_lost(self):
        text = "hˈɛlO wˈɜɹld, ðɪs ɪz ə tˈɛst. " * 60
        self.assertEqual("".join(pieces(text)).replace(" ", ""), text.replace(" ", ""))


if __name__ == "__main__":
    unittest.main()
