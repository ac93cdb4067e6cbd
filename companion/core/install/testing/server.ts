import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const OPENSSL = 'openssl'

export interface TestServer {
  readonly port: number
  /** Its own certificate, good for `*.example.test`. */
  readonly ca: string
  close(): Promise<void>
}

/** An https server on this machine whose certificate openssl makes on the spot. */
export async function startServer(answer: RequestListener): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-tls-'))
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
  const subject = ['-subj', '/CN=example.test', '-addext', 'subjectAltName=DNS:*.example.test']
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync(OPENSSL, ['req', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' })
  const ca = readFileSync(cert, 'utf8')
  const server = createServer({ key: readFileSync(key), cert: ca }, answer)
  rmSync(folder, { recursive: true })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    ca,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
