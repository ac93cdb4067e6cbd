import { randomUUID } from 'node:crypto'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import { SESSION_COMMANDS, SESSION_MODES, type SessionInfo } from '#protocol/sessions.ts'
import { openCompanion } from './companion.ts'
import { globalArgs, openContext } from './context.ts'
import { print, printJson } from './output.ts'

/** The session that is meant when none is named. */
const USUAL_SESSION = 'talk'

/** One request, for a key: what it did shows in the talk itself. */
async function press(args: Readonly<Record<string, unknown>>, command: string, session: string): Promise<void> {
  const context = await openContext(args, { port: 'server.port' })
  const companion = await openCompanion(context)
  const info = await companion.json<SessionInfo>('POST', `/sessions/${encodeURIComponent(session)}/${command}`)
  if (context.json) printJson(info)
  else print(`${info.id}: ${info.state}`)
}

/** What only makes sense for a talk in this terminal. */
const OWN = ['persona', 'voice', 'model', 'mode', 'user', 'input', 'output', 'sound'] as const

export const talk = defineCommand({
  meta: { name: 'talk', description: 'talk with a persona in this terminal; or press the talk key of a session' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'nothing for a talk here; or what a key does with a session that is open',
      valueHint: SESSION_COMMANDS.join('|'),
    },
    session: { type: 'string', description: `the session; ${USUAL_SESSION} when absent`, valueHint: 'NAME' },
    persona: { type: 'string', description: 'whom to talk with: an id or a name', valueHint: 'PERSONA' },
    voice: { type: 'string', description: 'another voice than the persona’s own', valueHint: 'VOICE' },
    model: { type: 'string', description: 'a language provider, PROVIDER:MODEL, or echo', valueHint: 'MODEL' },
    mode: { type: 'string', description: SESSION_MODES.join(' or '), valueHint: 'MODE' },
    user: { type: 'string', description: 'what the persona calls you', valueHint: 'NAME' },
    input: { type: 'string', description: 'a recording in place of the microphone', valueHint: 'FILE' },
    output: { type: 'string', alias: 'o', description: 'a WAV file in place of the loudspeaker', valueHint: 'FILE' },
    sound: { type: 'string', description: 'pulse, pipewire, alsa, sox or ffmpeg', valueHint: 'PROGRAMS' },
    greet: { type: 'boolean', default: true, description: 'let the persona speak first', negativeDescription: 'wait' },
    force: { type: 'boolean', alias: 'f', description: 'replace a file that is there' },
    port: { type: 'string', description: 'port of the companion', valueHint: 'N' },
    ...globalArgs,
  },
  async run({ args }): Promise<number | void> {
    const { action, session } = args
    const command = SESSION_COMMANDS.find(known => known === action)
    if (action !== undefined && !command) {
      const known = SESSION_COMMANDS.join(', ')
      throw new SeamError('bad-input', `“${action}” is none of ${known}. Say nothing more for a talk in this terminal.`)
    }
    if (command) {
      const own = OWN.find(name => args[name] !== undefined)
      if (!own) return press(args, command, session ?? USUAL_SESSION)
      throw new SeamError(
        'bad-input',
        `--${own} is for a talk in this terminal, not for “${command}”. Nothing was done.`,
      )
    }
    // A recording is a talk of its own, unless it is to go on with another.
    const isNew = session === undefined && args.input !== undefined
    const { holdTalk } = await import('./talk/hold.ts')
    return holdTalk(args, isNew ? `talk-${randomUUID().slice(0, 8)}` : (session ?? USUAL_SESSION), isNew)
  },
})
