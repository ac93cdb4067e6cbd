import { jobTrial } from '../../support/job-trial.ts'
import { makeHome } from '../../support/serve.ts'
import { atMost, type Row } from '../rows.ts'

/** Jobs through a daemon that is killed again and again. `VOXLOOM_BENCH_SEED` gives the jobs and moments of a run again. */
export async function jobs({ quick }: { quick: boolean }): Promise<Row[]> {
  const [count, deaths] = quick ? [30, 5] : [200, 20]
  const seed = Number(process.env['VOXLOOM_BENCH_SEED'] ?? 20261121)
  console.error(`  seed ${seed}`)
  const home = makeHome()
  try {
    const { lost, wrong, left } = await jobTrial(home, { jobs: count, deaths, seed })
    for (const words of [...lost, ...wrong, ...left]) console.error(`  ${words}`)
    return [
      atMost(`acknowledged jobs lost, of ${count} over ${deaths} killed daemons`, lost.length, 'jobs', 0),
      atMost('of their outputs wrong or made twice', wrong.length, 'outputs', 0),
      atMost('processes of plugins left at the end', left.length, 'processes', 0),
    ]
  } finally {
    home.close()
  }
}
