// The bare protocol in Go: text in capitals.
package main

import (
	"encoding/binary"
	"io"
	"os"
	"unicode"
	"unicode/utf8"
)

const control, maxFrame, enough = 1 << 31, 8 << 20, 64 << 10
const notText = `{"type":"error","code":"BAD_INPUT","message":"The text is not valid UTF-8. Save it as UTF-8 and try again."}`

// readFrame gives the next payload, or nil at the end of the input.
func readFrame() []byte {
	var word uint32
	if err := binary.Read(os.Stdin, binary.LittleEndian, &word); err == io.EOF {
		return nil
	} else if err != nil || word&^control > maxFrame {
		os.Exit(1) // The host gave up inside a frame: nothing may be written any more.
	}
	content := make([]byte, word&^control)
	if _, err := io.ReadFull(os.Stdin, content); err != nil {
		os.Exit(1)
	}
	if word&control != 0 {
		return content[:0] // No host of this revision sends any.
	}
	return content
}

func writeFrame(content []byte, bit uint32) {
	frame := binary.LittleEndian.AppendUint32(nil, uint32(len(content))|bit)
	os.Stdout.Write(append(frame, content...)) // When nobody reads any more, SIGPIPE ends the program.
}

func main() {
	input := readFrame() // The handshake: this plugin has no options to look up in it.
	if input == nil {
		os.Exit(1)
	}
	var rest, output []byte // rest: what came of a character that is not whole.
	for input != nil {
		input = readFrame()
		for rest = append(rest, input...); utf8.FullRune(rest) || input == nil && len(rest) > 0; {
			letter, size := utf8.DecodeRune(rest)
			if rest = rest[size:]; letter == utf8.RuneError && size == 1 {
				writeFrame([]byte(notText), control)
				os.Exit(1)
			}
			output = utf8.AppendRune(output, unicode.ToUpper(letter))
			if len(output) >= enough || !utf8.FullRune(rest) {
				writeFrame(output, 0)
				output = output[:0]
			}
		}
	}
}
