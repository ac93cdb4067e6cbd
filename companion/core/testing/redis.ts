import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { onTestFinished, vi } from 'vitest'
import { connectRedis } from '../queue/connection.ts'
import { scratch } from './plugins.ts'

/** A real Redis for one test, gone after it. @returns its address */
export async function startRedis(): Promise<string> {
  return (await startRedisServer()).url
}

/** The same, with an end to it. */
export async function startRedisServer(): Promise<{ readonly url: string; kill(): void }> {
  const folder = scratch()
  const port = await freePort()
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
    stdio: 'ignore',
  })
  const kill = () => void server.kill('SIGKILL')
  onTestFinished(kill)
  const url = `redis://127.0.0.1:${port}`
  await vi.waitFor(async () => (await connectRedis(url)).disconnect(), { timeout: 10_000, interval: 50 })
  return { url, kill }
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
