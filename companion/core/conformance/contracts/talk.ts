import { setTimeout as wait } from 'node:timers/promises'
import { Child, type Command, type Exit } from '../../process/child.ts'
import { ends } from '../finding.ts'
import { Transcript, type Told } from './lines.ts'

/** A rule is not kept. The message says how, as a sentence. */
export class Unmet extends Error {
  override readonly name = 'Unmet'
}

/** What a plugin answered to one request. */
export interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
  readonly buffers: readonly Uint8Array<ArrayBuffer>[]
  /** Milliseconds of performance.now(). */
  readonly at: number
}

/** How a plugin went. */
export interface Ending {
  readonly exit: Exit | undefined
  /** Milliseconds from what should have ended it to its exit. */
  readonly took: number
  /** Whether it had to be killed. */
  readonly late: boolean
  /** Numbers of processes of its group that were left when it had gone. Linux only. */
  readonly left: readonly number[]
}

type Id = number | string

/** Milliseconds that a plugin is given to get into its work, where no item tells that it has. */
export const UNDER_WAY = 300
/** Milliseconds that its programs have to end after a plugin. */
const GRACE = 1000
/** Milliseconds that its last output may take to be read. */
const LAST_WORDS = 500
const LOG_SHOWN = 200

/** One process of a plugin, spoken to by hand: nothing between the rule and the pipe. */
export class Talk {
  readonly #child: Child
  readonly #transcript = new Transcript()
  readonly #listeners = new Set<() => void>()
  #nextId = 1
  #done = false
  readonly #asked = new Set<unknown>()

  constructor(command: Command) {
    this.#child = new Child(command, { reapOnExit: false })
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#transcript.add(chunk)
      this.#changed()
    })
    void this.#finished()
  }

  get isGone(): boolean {
    return this.#child.isGone
  }

  get messages(): readonly Told[] {
    return this.#transcript.messages
  }

  /** What came and is no message. */
  get strays(): readonly string[] {
    return this.#transcript.strays
  }

  /** Its output is not read from now on. @returns what reads it again */
  stall(): () => void {
    this.#child.stdout.pause()
    return () => void this.#child.stdout.resume()
  }

  /** Waits for room: what is written may be larger than a pipe. */
  async write(content: string | Uint8Array): Promise<void> {
    const { stdin } = this.#child
    if (this.isGone || !stdin.writable) throw new Unmet(this.#gone())
    if (!stdin.write(content)) {
      await Promise.race([new Promise(resolve => stdin.once('drain', resolve)), this.#child.exited])
    }
  }

  takeId(): number {
    this.#asked.add(this.#nextId)
    return this.#nextId++
  }

  /** Answers to what was never asked. */
  get unasked(): readonly Told[] {
    // What is not JSON has no id: that it was not read is said under none.
    return this.messages.filter(({ id, method }) => method === undefined && id !== null && !this.#asked.has(id))
  }

  /** @returns the id under which it must answer */
  async ask(method: string, params: object = {}, id: Id = this.takeId()): Promise<Id> {
    this.#asked.add(id)
    await this.write(requestLine(id, method, params))
    return id
  }

  notify(method: string, params: object): Promise<void> {
    return this.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`)
  }

  /** @throws Unmet when it says nothing within `patience` milliseconds, goes, or answers with neither of the two */
  async answer(id: Id | null, patience: number): Promise<Answer> {
    const told = await this.#until(() => this.messages.find(message => isAnswer(message, id)), patience)
    if (!told) {
      throw new Unmet(this.isGone ? this.#gone() : `It gave no answer within ${(patience / 1000).toFixed(0)} s.`)
    }
    return asAnswer(told)
  }

  /** Ask and answer in one. */
  async call(method: string, params: object, patience: number): Promise<Answer> {
    return this.answer(await this.ask(method, params), patience)
  }

  /** Items of a stream so far. */
  items(token: string): readonly { readonly value: unknown; readonly buffers: readonly Uint8Array<ArrayBuffer>[] }[] {
    return this.messages
      .filter(({ method }) => method === '$/progress')
      .map(({ params, buffers }) => ({ ...(params as { token?: unknown; value?: unknown }), buffers }))
      .filter(item => item.token === token)
      .map(({ value, buffers }) => ({ value, buffers }))
  }

  /** Whether an item of a stream stands behind the answer that ended it. */
  hasItemBehind(id: Id, token: string): boolean {
    const end = this.messages.findIndex(message => isAnswer(message, id))
    return this.messages.some(({ method, params }, at) => {
      return at > end && method === '$/progress' && (params as { token?: unknown }).token === token
    })
  }

  /** Waits until there are more messages than it `had`, or milliseconds have gone. */
  async untilMore(patience: number, had = this.messages.length): Promise<void> {
    await this.#until(() => (this.messages.length > had ? true : undefined), patience)
  }

  /** @param how what should end it @param patience milliseconds before it is killed */
  async end(how: 'eof' | 'SIGTERM', patience: number): Promise<Ending> {
    const begun = performance.now()
    if (how === 'SIGTERM') this.#child.signal('SIGTERM')
    else this.#child.stdin.end()
    await Promise.race([this.#child.exited, wait(patience, undefined, { ref: false })])
    const late = !this.isGone
    const took = performance.now() - begun
    // Programs that were told to end need a moment for it.
    const until = performance.now() + (late ? 0 : GRACE)
    while (this.#child.membersLeft().length > 0 && performance.now() < until) await wait(20)
    const left = late ? [] : this.#child.membersLeft()
    await this.kill()
    return { exit: this.#child.exit, took, late, left }
  }

  /** Nothing is left of it afterwards. */
  async kill(): Promise<void> {
    this.#child.signal('SIGKILL')
    await this.#child.end()
  }

  #gone(): string {
    const said = this.#child.log.trim().split('\n').at(-1) ?? ''
    return `It ${ends(this.#child.exit)} in the middle of the talk.${said ? ` It said: ${said.slice(-LOG_SHOWN)}` : ''}`
  }

  /** What it wrote last may be in the pipe still when it is gone; a program that it left may hold that open. */
  async #finished(): Promise<void> {
    const read = new Promise(resolve => this.#child.stdout.once('close', resolve))
    await this.#child.exited
    await Promise.race([read, wait(LAST_WORDS, undefined, { ref: false })])
    this.#done = true
    this.#changed()
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #until<T>(found: () => T | undefined, patience: number): Promise<T | undefined> {
    return new Promise(resolve => {
      const settle = (value: T | undefined) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        resolve(value)
      }
      const look = () => {
        const value = found()
        if (value !== undefined || this.#done) settle(value)
      }
      const timer = setTimeout(() => settle(undefined), patience)
      this.#listeners.add(look)
      look()
    })
  }
}

/** @throws Unmet when it is none */
export function asAnswer(told: Told): Answer {
  const { result, error, buffers, at } = told
  if ((result === undefined) === (error === undefined)) {
    throw new Unmet('An answer must hold either “result” or “error”; one of its answers holds neither or both.')
  }
  if (error === undefined) return { result, buffers, at }
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (!Number.isInteger(code) || typeof message !== 'string') {
    throw new Unmet('An error needs a whole number as “code” and text as “message”; one of its errors has not.')
  }
  return { error: { code: code as number, message }, buffers, at }
}

export const requestLine = (id: Id, method: string, params: object = {}): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`

const isAnswer = (message: Told, id: Id | null): boolean => message.method === undefined && message.id === id
