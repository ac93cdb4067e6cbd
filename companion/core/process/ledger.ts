import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'

/**
 * Which processes this host has started, on disk: a host that is killed can't end them, so the next one does. A process
 * is known by its number and its start time, because numbers are given out again.
 */
export class ProcessLedger {
  readonly #root: string
  readonly #folder: string

  /** @param stateFolder of the user */
  constructor(stateFolder: string) {
    this.#root = join(stateFolder, 'processes')
    this.#folder = join(this.#root, `${process.pid}-${startTime(process.pid) ?? 0}-${boot()}`)
  }

  note(pid: number): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      writeFileSync(join(this.#folder, String(pid)), startTime(pid) ?? '')
    } catch {
      // Without the note nothing is lost but the clearing up after a crash of ours.
    }
  }

  forget(pid: number): void {
    remove(join(this.#folder, String(pid)))
  }

  /** This host ends: its page of the ledger goes, unless something is still noted. */
  close(): void {
    try {
      if (readdirSync(this.#folder).length === 0) rmSync(this.#folder, { recursive: true })
    } catch {
      // It was never made.
    }
  }

  /** Ends what hosts that are gone have left behind. @returns numbers of the groups that were ended */
  reap(): number[] {
    const ended: number[] = []
    for (const name of list(this.#root)) {
      const [host = '', started = '', booted = ''] = name.split('-')
      const folder = join(this.#root, name)
      // What was started before the machine was is gone, and its numbers are somebody else's by now.
      if (booted !== boot()) {
        remove(folder)
        continue
      }
      if (isAlive(Number(host), started)) continue
      for (const file of list(folder)) {
        const pid = Number(file)
        const began = readText(join(folder, file))
        if ((isAlive(pid, began) || isGroupAlive(pid, began)) && killGroup(pid)) ended.push(pid)
      }
      remove(folder)
    }
    return ended
  }
}

/** A note that can't be removed is no reason to end the host: a process is known by more than its number. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // The next host tries again.
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Tells one start of the machine from another, where the system does; without dashes. */
function boot(): string {
  return readText('/proc/sys/kernel/random/boot_id').trim().replaceAll('-', '')
}

/** When a process began, as the system tells it; undefined when it is not there. */
function startTime(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  if (process.platform === 'linux') return linuxStat(pid)?.started
  if (process.platform === 'win32') return undefined
  // The same words for everybody who asks, a service and a terminal alike.
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env })
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
}

/** proc(5): fields 5 (process group) and 22 (start time in clock ticks since boot). */
function linuxStat(pid: number): { readonly group: number; readonly started: string } | undefined {
  const text = readText(`/proc/${pid}/stat`)
  // The second field is the name in brackets, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields.length < 20 || fields[0] === 'Z' ? undefined : { group: Number(fields[2]), started: fields[19]! }
}

function isAlive(pid: number, started: string): boolean {
  const now = startTime(pid)
  return now !== undefined && started !== '' && now === started
}

/** Living processes of a group. Linux only; none elsewhere. */
export function groupMembers(group: number): number[] {
  if (process.platform !== 'linux') return []
  return list('/proc')
    .filter(name => /^\d+$/.test(name) && linuxStat(Number(name))?.group === group)
    .map(Number)
}

/** Whether somebody is left of the group that a process led, though it is gone itself. */
function isGroupAlive(pid: number, started: string): boolean {
  if (started === '' || startTime(pid) !== undefined) return false
  return groupMembers(pid).some(member => Number(startTime(member)) >= Number(started))
}

function killGroup(pid: number): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
    return true
  } catch {
    return false
  }
}
