# A book as an MP3:
#   npm run -s voxloom -- run docs/examples/audiobook.cr chapter.txt --output chapter.mp3

name = "audiobook"
version = "1"
description = "Text from a book, read aloud, as an MP3."

# Lines that were broken to fit a page are joined; page numbers and footnote marks go.
[[nodes]]
id = "clean"
plugin = "text-normalize"

[[nodes]]
id = "voice"
plugin = "kokoro-tts"
[nodes.options]
voice = "af_heart" # or a mix: "af_heart:0.7,bf_emma:0.3"
speed = 1

[[nodes]]
id = "mp3"
plugin = "encode-mp3"
[nodes.options]
bitrate = 64 # kbit/s, plenty for one voice
