import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import product from './package.json' with { type: 'json' }
import { DEFAULT_PORT, RESERVED_PATHS } from './companion/protocol/routes.ts'
import { firstLoadBudget } from './web/vite/budget.ts'
import { headersFile, isolation, responseHeaders } from './web/vite/headers.ts'
import { look } from './web/vite/look.ts'
import { manifest } from './web/vite/manifest.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// The wasm of ONNX Runtime comes as a file of its own and only once.
const conditions = ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions]

const chromium = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
  ],
}

/** In development the companion answers its own paths behind the page's origin. */
const companion = {
  target: `http://127.0.0.1:${process.env.VOXLOOM_PORT ?? DEFAULT_PORT}`,
  changeOrigin: true,
  ws: true,
}
const companionPaths = `^/(${RESERVED_PATHS.map(path => path.replaceAll('.', '\\.')).join('|')})(/|\\?|$)`

/** Precached with the page; anything larger is cached when it is first used. */
const PRECACHE_LIMIT = 4_000_000

export default defineConfig({
  root: here('./web'),
  publicDir: here('./public'),
  cacheDir: here('./.cache/vite'),
  resolve: { conditions },
  plugins: [
    vue(),
    ui({
      root: here('.'),
      autoImport: false,
      components: false,
      // The page follows the preference store; theme.css holds what the colour plug-in would inject.
      colorMode: false,
      theme: { transitions: true },
      ui: look,
      // Icons are bundled from these files; none is ever fetched.
      icon: { clientBundle: { scan: { globInclude: ['web/{app,features,ui}/**/*.{vue,ts}'] } } },
    }),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'app',
      filename: 'service-worker.worker.ts',
      injectRegister: false,
      includeManifestIcons: false,
      manifest,
      injectManifest: {
        globPatterns: ['**/*.{js,mjs,css,html,svg,png,wasm,webmanifest}'],
        globIgnores: ['service-worker*', '**/ffmpeg-core*', '**/espeak-ng*', 'headers*.json'],
        maximumFileSizeToCacheInBytes: 64_000_000,
        manifestTransforms: [
          entries => ({ manifest: entries.filter(({ size }) => size <= PRECACHE_LIMIT), warnings: [] }),
        ],
      },
    }),
    firstLoadBudget(),
    headersFile(),
  ],
  define: { __VOXLOOM_VERSION__: JSON.stringify(product.version) },
  worker: { format: 'es' },
  build: { outDir: here('./dist'), emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023' },
  server: { headers: isolation, proxy: { [companionPaths]: companion } },
  preview: { headers: responseHeaders(), proxy: { [companionPaths]: companion } },
  optimizeDeps: {
    exclude: ['onnxruntime-web', '@ffmpeg/ffmpeg', '@echogarden/espeak-ng-emscripten'],
    // Found only when an export begins: without this the dev page would reload in the middle of it.
    include: [
      'mediabunny',
      '@mediabunny/mp3-encoder',
      '@mediabunny/aac-encoder',
      're2js',
      'yaml',
      'eventsource-parser',
      '@huggingface/transformers',
    ],
  },
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          root: here('.'),
          environment: 'node',
          include: ['web/**/*.test.ts', 'companion/**/*.test.ts', 'plugins/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          testTimeout: 30_000,
          // Half of what they do is waiting: for processes, servers and clocks.
          maxWorkers: Math.max(2, availableParallelism() - 1),
        },
      },
      {
        extends: true,
        root: here('.'),
        test: {
          name: 'browser',
          include: ['web/**/*.browser.test.ts'],
          globalSetup: [here('./tests/support/hub.ts')],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromium }),
            instances: [{ browser: 'chromium' }],
          },
          testTimeout: 60_000,
        },
      },
    ],
  },
})
