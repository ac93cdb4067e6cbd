import { parseArgs } from 'node:util'
import { bargeIn } from './groups/barge-in.ts'
import { captionsHour } from './groups/captions-hour.ts'
import { chapter } from './groups/chapter.ts'
import { contracts } from './groups/contracts.ts'
import { drift } from './groups/drift.ts'
import { encoding } from './groups/encoding.ts'
import { final } from './groups/final.ts'
import { first } from './groups/first.ts'
import { frames } from './groups/frames.ts'
import { heard } from './groups/heard.ts'
import { jobs } from './groups/jobs.ts'
import { memory } from './groups/memory.ts'
import { native } from './groups/native.ts'
import { path } from './groups/path.ts'
import { playback } from './groups/playback.ts'
import { project } from './groups/project.ts'
import { pronunciation } from './groups/pronunciation.ts'
import { turn } from './groups/turn.ts'
import { wasm } from './groups/wasm.ts'
import { wer } from './groups/wer.ts'
import { words } from './groups/words.ts'
import { ensureReady } from '../support/ready.ts'
import { table, type Row } from './rows.ts'

// Figures of docs/benchmarks.md, measured on this machine against peers that really run, in turns with them.

// Those that time something come first: they take eleven minutes and want a machine that does nothing else. The rest
// count words, samples and bytes, and take an hour and a half.
const GROUPS: Record<string, (options: { quick: boolean }) => Promise<Row[]>> = {
  wasm,
  first,
  native,
  turn,
  path,
  'barge-in': bargeIn,
  final,
  frames,
  chapter,
  jobs,
  contracts,
  project,
  encoding,
  drift,
  heard,
  wer,
  pronunciation,
  words,
  playback,
  memory,
  'captions-hour': captionsHour,
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    help: { type: 'boolean' },
  },
})
const chosen = values.only ?? Object.keys(GROUPS)
const unknown = chosen.filter(name => !(name in GROUPS))
if (values.help || unknown.length > 0) {
  const usage = `npm run -s bench -- [--json] [--quick] [--only GROUP …]\nGroups: ${Object.keys(GROUPS).join(', ')}`
  console.error(unknown.length > 0 ? `There is no group ${unknown.join(', ')}.\n${usage}` : usage)
  process.exit(unknown.length > 0 ? 2 : 0)
}

await ensureReady()
const rows: Row[] = []
let broken = false
for (const name of chosen) {
  console.error(`${name} …`)
  try {
    rows.push(...(await GROUPS[name]!({ quick: values.quick ?? false })))
  } catch (error) {
    // One peer that can't be had must not hide the other figures.
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    broken = true
  }
}
console.log(values.json ? JSON.stringify(rows, null, 2) : table(rows))
process.exitCode = broken ? 1 : 0
