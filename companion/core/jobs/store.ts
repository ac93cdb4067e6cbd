import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { SeamError } from '#protocol/errors.ts'
import type { JobInfo, JobState } from '#protocol/jobs.ts'

/** What is kept of a job besides what everybody may see. */
export interface JobRecord extends JobInfo {
  /** The pipeline as JSON, as it was when the job was given. */
  readonly pipelineJson: string
  readonly idempotencyKey?: string | undefined
  readonly split: JobSplit
  /** SHA-256 of pipeline and input: the same key with another content is a mistake. */
  readonly digest: string
}

export interface NewJob {
  readonly id: string
  readonly pipeline: string
  readonly pipelineJson: string
  readonly inputType: string
  readonly outputType: string
  readonly inputBytes: number
  readonly digest: string
  readonly split?: JobSplit
  readonly idempotencyKey?: string | undefined
}

/** Whether a text is cut at its chapters, so that several are made at once and none is made twice. */
export type JobSplit = 'none' | 'chapters'

export type JobChange = Partial<
  Pick<JobInfo, 'state' | 'consumed' | 'outputBytes' | 'message' | 'warnings' | 'started' | 'finished'>
>

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    pipeline TEXT NOT NULL,
    pipelineJson TEXT NOT NULL,
    state TEXT NOT NULL,
    inputType TEXT NOT NULL,
    outputType TEXT NOT NULL,
    inputBytes INTEGER NOT NULL,
    consumed INTEGER NOT NULL DEFAULT 0,
    outputBytes INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL,
    started TEXT,
    finished TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    message TEXT,
    warnings INTEGER NOT NULL DEFAULT 0,
    idempotencyKey TEXT UNIQUE,
    digest TEXT NOT NULL,
    split TEXT NOT NULL DEFAULT 'none'
  ) STRICT;
  CREATE INDEX IF NOT EXISTS jobsByState ON jobs (state, created);
`

/**
 * Jobs in SQLite. What a call has written is on the disk when it returns (write-ahead log, synchronous FULL), so a 202
 * is a promise that a power cut keeps.
 */
export class JobStore {
  readonly #db: DatabaseSync

  /** @param file made with its folder when absent @throws SeamError conflict, when another daemon has it */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    this.#db = new DatabaseSync(file, { timeout: 2000 })
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    this.#db.exec(SCHEMA)
  }

  /**
   * Takes a job. The same idempotency key gives the same job, and no second one.
   * @returns whether it is new @throws SeamError conflict, when the key was used for something else
   */
  submit(job: NewJob): { readonly record: JobRecord; readonly isNew: boolean } {
    const { idempotencyKey = null } = job
    return this.#transaction(() => {
      const known = idempotencyKey === null ? undefined : this.#find('idempotencyKey', idempotencyKey)
      if (known) {
        if (known.digest === job.digest) return { record: known, isNew: false }
        throw new SeamError(
          'conflict',
          `The idempotency key “${idempotencyKey}” was used for another job, ${known.id}. Nothing was started; use a key of its own for each job.`,
        )
      }
      this.#db
        .prepare(
          `INSERT INTO jobs (id, pipeline, pipelineJson, state, inputType, outputType, inputBytes, created, idempotencyKey, digest, split)
           VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          job.id,
          job.pipeline,
          job.pipelineJson,
          job.inputType,
          job.outputType,
          job.inputBytes,
          new Date().toISOString(),
          idempotencyKey,
          job.digest,
          job.split ?? 'none',
        )
      return { record: this.get(job.id)!, isNew: true }
    })
  }

  get(id: string): JobRecord | undefined {
    return this.#find('id', id)
  }

  /** The newest first. */
  list({ state, limit = 100 }: { readonly state?: JobState | undefined; readonly limit?: number } = {}): JobRecord[] {
    const rows = state
      ? this.#db
          .prepare('SELECT * FROM jobs WHERE state = ? ORDER BY created DESC, rowid DESC LIMIT ?')
          .all(state, limit)
      : this.#db.prepare('SELECT * FROM jobs ORDER BY created DESC, rowid DESC LIMIT ?').all(limit)
    return rows.map(toRecord)
  }

  /** How many jobs are in each state. */
  counts(): Readonly<Partial<Record<JobState, number>>> {
    const rows = this.#db.prepare('SELECT state, count(*) AS n FROM jobs GROUP BY state').all()
    return Object.fromEntries(rows.map(({ state, n }) => [String(state), Number(n)]))
  }

  /** The oldest that waits, now running. */
  claim(): JobRecord | undefined {
    return this.#transaction(() => {
      const row = this.#db.prepare(`SELECT id FROM jobs WHERE state = 'pending' ORDER BY created, rowid LIMIT 1`).get()
      if (!row) return undefined
      const id = String(row['id'])
      this.#db
        .prepare(
          `UPDATE jobs SET state = 'running', started = ?, attempts = attempts + 1, consumed = 0, outputBytes = 0 WHERE id = ?`,
        )
        .run(new Date().toISOString(), id)
      return this.get(id)
    })
  }

  /** Changes a job. @param from only when it is in one of these states @returns the job, unless that did not hold */
  change(id: string, change: JobChange, from?: readonly JobState[]): JobRecord | undefined {
    const pairs = Object.entries(change).filter(([, value]) => value !== undefined)
    return this.#transaction(() => {
      const now = this.get(id)
      if (!now || (from && !from.includes(now.state))) return undefined
      if (pairs.length > 0) {
        const sets = pairs.map(([key]) => `${key} = ?`).join(', ')
        this.#db
          .prepare(`UPDATE jobs SET ${sets} WHERE id = ?`)
          .run(...pairs.map(([, value]) => value as SQLInputValue), id)
      }
      return this.get(id)
    })
  }

  /** Gives a running job back: it waits again, as if it had not been begun. */
  release(id: string): void {
    this.#db
      .prepare(`UPDATE jobs SET state = 'pending', attempts = attempts - 1 WHERE id = ? AND state = 'running'`)
      .run(id)
  }

  remove(id: string): void {
    this.#db.prepare('DELETE FROM jobs WHERE id = ?').run(id)
  }

  /**
   * After a start: jobs that a daemon was working on when it died wait again, or, when that has happened `limit` times,
   * are given up, because they may be what killed it.
   */
  recover(limit: number): { readonly resumed: readonly string[]; readonly interrupted: readonly string[] } {
    return this.#transaction(() => {
      const rows = this.#db.prepare(`SELECT id, attempts FROM jobs WHERE state = 'running'`).all()
      const resumed: string[] = []
      const interrupted: string[] = []
      for (const row of rows) {
        const id = String(row['id'])
        if (Number(row['attempts']) < limit) {
          this.#db.prepare(`UPDATE jobs SET state = 'pending' WHERE id = ?`).run(id)
          resumed.push(id)
        } else {
          const message = `The daemon ended ${limit} times while it worked on this. What was made is kept; run it again to try once more.`
          this.#db
            .prepare(`UPDATE jobs SET state = 'interrupted', finished = ?, message = ? WHERE id = ?`)
            .run(new Date().toISOString(), message, id)
          interrupted.push(id)
        }
      }
      return { resumed, interrupted }
    })
  }

  close(): void {
    this.#db.close()
  }

  #find(column: 'id' | 'idempotencyKey', value: string): JobRecord | undefined {
    const row = this.#db.prepare(`SELECT * FROM jobs WHERE ${column} = ?`).get(value)
    return row && toRecord(row)
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      // A full disk has ended it already.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }
}

function toRecord(row: Record<string, unknown>): JobRecord {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, value ?? undefined]),
  ) as unknown as JobRecord
}

/** What everybody may see of a job. */
export function jobInfo({
  pipelineJson: _,
  idempotencyKey: __,
  digest: ___,
  split: ____,
  ...info
}: JobRecord): JobInfo {
  return info
}
