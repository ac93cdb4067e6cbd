import { spawnSync } from 'node:child_process'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import { chromium, type Page } from 'playwright'
import { createServer, defaultClientConditions, type Connect, type ViteDevServer } from 'vite'
import { ensureTools } from '../support/tools.ts'
import { modelsFolder, root } from '../support/models.ts'
import { peerHub, peerModules } from './peers.ts'

/** A real Chromium on a page that can import anything of the product, and of its peers. */
export interface Bench {
  readonly page: Page
  /** Calls an exported function of tests/bench/pages/<module>.ts in the page. */
  call<T>(module: string, name: string, ...args: unknown[]): Promise<T>
  /** Memory that the page's process holds (resident set), workers and WebAssembly included. Bytes. */
  tabMemory(): Promise<number>
  close(): Promise<void>
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
}

/** Folders outside the page's root, each under a path of its own. */
const MOUNTS: Record<string, string> = {
  '/models/': modelsFolder,
  '/peer-hub/': peerHub,
  '/peer-modules/': peerModules,
}

const serveFolders: Connect.NextHandleFunction = (request, response, next) => {
  const path = decodeURIComponent((request.url ?? '').split('?')[0]!)
  const mount = Object.keys(MOUNTS).find(prefix => path.startsWith(prefix))
  if (!mount) return next()
  const file = join(MOUNTS[mount]!, normalize(path.slice(mount.length)))
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.statusCode = 404
    return response.end()
  }
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream')
  response.setHeader('Content-Length', statSync(file).size)
  // Scripts of workers on an isolated page have to be isolated, too.
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
  createReadStream(file).pipe(response)
}

export async function openBench(extraArgs: readonly string[] = []): Promise<Bench> {
  const server = await serve()
  const { chromium: executablePath } = await ensureTools()
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      ...extraArgs,
    ],
  })
  const page = await browser.newPage()
  page.on('pageerror', error => console.error('page:', error.message))
  await page.goto(`${server.resolvedUrls!.local[0]}index.html`)
  return {
    page,
    call: (module, name, ...args) =>
      page.evaluate(
        async ([module, name, args]) => {
          const loaded = (await import(/* @vite-ignore */ `/${module}.ts`)) as Record<
            string,
            (...args: unknown[]) => unknown
          >
          return (await loaded[name]!(...args)) as never
        },
        [module, name, args] as const,
      ),
    async tabMemory() {
      const session = await browser.newBrowserCDPSession()
      const { processInfo } = await session.send('SystemInfo.getProcessInfo')
      await session.detach()
      const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
      const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' })
      const kibibytes = stdout.trim().split(/\s+/).map(Number)
      if (!kibibytes.every(value => value > 0)) throw new Error('ps does not tell how much memory the page holds.')
      return kibibytes.reduce((sum, value) => sum + value, 0) * 1024
    },
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

async function serve(): Promise<ViteDevServer> {
  const server = await createServer({
    configFile: false,
    root: join(root, 'tests/bench/pages'),
    cacheDir: join(root, '.cache/vite-bench'),
    logLevel: 'error',
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    optimizeDeps: {
      exclude: [
        'onnxruntime-web',
        '@ffmpeg/ffmpeg',
        'mediabunny',
        '@mediabunny/mp3-encoder',
        '@mediabunny/aac-encoder',
      ],
    },
    worker: { format: 'es' },
    server: {
      host: '127.0.0.1',
      port: 0,
      fs: { allow: [root] },
      // A rebuild in the middle of a measurement would reload the page.
      hmr: false,
      watch: null,
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
    plugins: [
      {
        name: 'bench-folders',
        configureServer: ({ middlewares }) => {
          middlewares.use(serveFolders)
        },
      },
    ],
  })
  return server.listen()
}
