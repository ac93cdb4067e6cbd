import type { Turn } from '#protocol/dialogue.ts'
import type { ServerMessage } from '#protocol/session-server.ts'
import { print, tell } from '../output.ts'
import { plain, plainJson, plainLabel } from '../plain.ts'

/** Columns of a terminal that does not say how many it has. */
const COLUMNS = 80

/** A talk in the terminal: what was said goes to the output, what is just being said to a line that grows. */
export class TalkScreen {
  readonly #isJson: boolean
  readonly #isLive = process.stderr.isTTY === true
  #name = ''
  #reply = ''
  #shown = false

  /** @param isJson a line of JSON for each turn, in place of words */
  constructor(isJson: boolean) {
    this.#isJson = isJson
  }

  show(message: ServerMessage): void {
    switch (message.type) {
      case 'session_started':
        this.#name = plainLabel(message.persona.name)
        return
      case 'transcription':
        if (!message.is_final) return this.#live(`You: ${plain(message.text)}`)
        if (message.text.trim() !== '') this.#line(`You: ${plain(message.text)}`)
        return
      case 'llm_response':
        if (message.is_final) return
        this.#reply += message.text
        return this.#live(`${this.#name}: ${plain(this.#reply)}`)
      case 'turn_complete':
        this.#reply = ''
        return this.#turn(message.result as Turn)
      case 'echo_suspected':
        if (message.warn)
          this.note('The microphone hears the loudspeaker. Headphones keep a reply from breaking itself off.')
        return
      case 'error':
        return this.note(message.message)
    }
  }

  /** Words for the person at the terminal. */
  note(text: string): void {
    this.clear()
    tell(`voxloom: ${plain(text)}`)
  }

  clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K')
    this.#shown = false
  }

  #turn(turn: Turn): void {
    if (this.#isJson) {
      this.clear()
      return print(plainJson(JSON.stringify(turn)))
    }
    const { reply } = turn
    const heard = plain(reply?.heard ?? '')
    if (!reply || heard === '') return this.clear()
    const isBroken = reply.unheard.trim() !== ''
    this.#line(`${this.#name}: ${isBroken ? `${heard.replace(/[\s.,;:…—–-]+$/u, '')}…` : heard}`)
  }

  #line(text: string): void {
    this.clear()
    if (!this.#isJson) print(text)
  }

  /** The end of what is being said, as far as a line holds it. */
  #live(text: string): void {
    if (!this.#isLive) return
    const room = (process.stderr.columns || COLUMNS) - 1
    process.stderr.write(`\r\u001b[K${text.length > room ? `…${text.slice(1 - room)}` : text}`)
    this.#shown = true
  }
}
