# From a plain text to an MP3, of any length: nothing is collected on the way, and the file grows as it is spoken.
#
#   npm run -s voxloom -- run docs/examples/audiobook.cr book.txt --output book.mp3

name = "audiobook"
version = "1"
description = "Text read aloud, as MP3"

# text/plain → text/plain: lines broken at a fixed width become paragraphs again, footnote marks and page numbers go.
[[nodes]]
id = "clean"
plugin = "text-normalize"
[nodes.options]
links = "say" # web and e-mail addresses: "keep", "say" ("a link to example.org") or "drop"

# text/plain → audio/pcm, 24 kHz mono.
[[nodes]]
id = "voice"
plugin = "kokoro-tts"
[nodes.options]
voice = "af_heart" # a mix works, too: "af_heart:0.7,bf_emma:0.3"
speed = 1
sentence_pause = 0.35 # seconds of silence
paragraph_pause = 0.9

# To bring quiet and loud passages nearer to each other, put this here. It is written in Rust and made once, with
#   npm run -s voxloom -- plugins build loudness
#
# [[nodes]]
# id = "level"
# plugin = "loudness"
# [nodes.options]
# target = -18 # LUFS: -18 suits headphones; many audiobook shops ask for -23 to -18

# audio/pcm → audio/mpeg.
[[nodes]]
id = "mp3"
plugin = "encode-mp3"
[nodes.options]
bitrate = 96 # kbit/s
# What a player shows. Write your book's here, or take both lines out.
title = "A book"
author = "Somebody"
