import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import swagger from '@fastify/swagger'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { errorData, SeamError } from '#protocol/errors.ts'
import type { CompanionStatus } from '#protocol/status.ts'
import type { ContractHost } from '../core/contracts/host.ts'
import { RoutedSpeech } from '../core/contracts/routed-speech.ts'
import type { ModelStore } from '../core/models/store.ts'
import { describeListening } from '../core/listening/open.ts'
import type { ListenerPool } from '../core/listening/pool.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { describeVoice } from '../core/speakers/open.ts'
import type { SpeakerPool } from '../core/speakers/pool.ts'
import { errorCode } from '../core/models/files.ts'
import { LanguageProviders } from '../core/language/providers.ts'
import { Pairings } from '../core/pairing.ts'
import { PersonaStore } from '../core/personas/store.ts'
import { Sessions } from '../core/sessions/sessions.ts'
import { PoolSpeech } from '../core/sessions/voice.ts'
import { ensureToken } from '../core/token.ts'
import { productVersion, PROTOCOL_REVISION } from '../core/version.ts'
import { isLoopback } from '../core/wyoming/server.ts'
import { asyncApi } from './asyncapi.ts'
import { contractRoutes } from './contracts/routes.ts'
import { contractCalls, contractStreams } from './contracts/socket.ts'
import { contractSpeech } from './contracts/speech.ts'
import { guardDoor, refusal } from './door.ts'
import { Guard } from './guard.ts'
import { jobRoutes } from './job-routes.ts'
import { languageRoutes } from './language-routes.ts'
import { knowMethods } from './methods.ts'
import { measure } from './metrics.ts'
import { modelRoutes } from './models.ts'
import { speakOpenAi } from './openai/errors.ts'
import { openAiRoutes } from './openai/routes.ts'
import { openApi } from './openapi.ts'
import { servePage } from './page.ts'
import { PairingLines } from './pairing-lines.ts'
import { pairingRoutes, type PairingParts } from './pairing-routes.ts'
import { registerPersonas } from './persona-routes.ts'
import { pluginRoutes } from './plugin-routes.ts'
import { fail } from './reply.ts'
import { sessionRoutes } from './session-routes.ts'
import { SessionSockets } from './session-socket.ts'
import { SocketHub } from './socket.ts'
import { socketCalls, socketStreams } from './socket-calls.ts'
import { openSockets } from './socket-door.ts'
import { speechStreams } from './speech-calls.ts'
import { statusCalls, statusRoutes } from './status.ts'
import { openWyoming, type WyomingPlace } from './wyoming.ts'

export interface DaemonOptions {
  /** 0 takes any free one. */
  readonly port: number
  readonly store: ModelStore
  /** Where the token lies. */
  readonly stateFolder: string
  /** Plugins, pipelines and jobs; without it there are none. */
  readonly host?: PluginHost
  /** Contract plugins; the daemon ends them. */
  readonly contracts?: ContractHost
  /** The companion's own voice; the daemon ends it. */
  readonly speakers?: SpeakerPool
  /** What the companion hears with; the daemon ends it. */
  readonly listeners?: ListenerPool
  /** A port for programs that speak the Wyoming protocol; it needs speakers and listeners. */
  readonly wyoming?: WyomingPlace
  /** The built page; absent when another server shows it. */
  readonly dist?: string
  /** Other origins whose pages may ask, e.g. the development server's. */
  readonly origins?: readonly string[]
  readonly logger?: FastifyBaseLogger
}

export interface Daemon {
  readonly port: number
  /** `http://localhost:<port>` */
  readonly address: string
  /** Where the Wyoming protocol is spoken, and whether other machines can reach it. */
  readonly wyoming?: { readonly address: string; readonly isOpen: boolean }
  /** Ends open requests and sockets, and lets go of the port. */
  close(): Promise<void>
}

/** @throws SeamError conflict, when the port is taken */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const started = performance.now()
  const pairings = new Pairings(options.stateFolder, message => options.logger?.warn(message))
  const guard = new Guard(ensureToken(options.stateFolder), options.origins, Date.now, pairings)
  const lines = new PairingLines()
  const { host, contracts, speakers, listeners } = options
  const talk = openTalk(options)
  const { sessions } = talk
  const status = async (): Promise<CompanionStatus> => ({
    name: 'voxloom',
    version: productVersion(),
    protocol: PROTOCOL_REVISION,
    uptime: Math.round(performance.now() - started) / 1000,
    ...(await inventory(options)),
    ...(sessions && { sessions: sessions.counts }),
    ...(contracts && { contracts: contracts.lights() }),
  })
  const calls = { ...statusCalls(status), ...(host && socketCalls(host)), ...(contracts && contractCalls(contracts)) }
  const streams = {
    ...(host && socketStreams(host)),
    ...(speakers && speechStreams(speakers)),
    ...(contracts && { ...contractStreams(contracts), ...contractSpeech(contracts) }),
  }
  const sockets = new SocketHub(calls, streams)
  const sessionSockets = sessions && new SessionSockets(sessions)
  const places = [sockets, ...(sessionSockets ? [sessionSockets] : [])]
  const document = asyncApi(calls, streams, sessions !== undefined)
  const app = await createApp(options, talk, { guard, pairings, lines }, status, document)
  const servers = await listenOnLoopback(app, options.port)
  const port = portOf(servers[0]!)
  guard.port = port
  for (const server of servers) {
    server.on('upgrade', ({ headers }: IncomingMessage, line: Duplex) => {
      const origin = guard.strangeOrigin(headers)
      if (origin !== undefined) lines.hold(origin, line, line)
    })
    openSockets(server, guard, places)
  }
  const wyoming = await openWyoming(options).catch(async (error: unknown) => {
    for (const place of places) place.close()
    await Promise.all(servers.map(closeServer))
    throw error
  })
  return {
    port,
    address: `http://localhost:${port}`,
    ...(wyoming && { wyoming: { address: wyoming.address, isOpen: !isLoopback(options.wyoming!.host) } }),
    async close() {
      // First: who sends everybody the same signal ends the plugins, too, and that must not count as their failure.
      const hostsClosed = Promise.all([contracts?.close(), host?.close()])
      sessions?.close()
      for (const place of places) place.close()
      speakers?.close()
      await Promise.all([listeners?.close(), wyoming?.close()])
      await Promise.all(servers.map(closeServer))
      await app.close()
      pairings.close()
      await hostsClosed
    },
  }
}

async function inventory(options: DaemonOptions): Promise<Pick<CompanionStatus, 'models' | 'voice' | 'listening'>> {
  const { store, speakers, listeners } = options
  const models = (await store.list()).map(({ id, complete }) => ({ id, complete }))
  const complete = new Set(models.filter(model => model.complete).map(({ id }) => id))
  return {
    models,
    ...(speakers && { voice: describeVoice(speakers, complete) }),
    ...(listeners && { listening: describeListening(listeners, complete) }),
  }
}

/** What talking needs: who answers, and where there is a voice and an ear, the sessions. */
interface TalkServices {
  readonly languages: LanguageProviders
  readonly personas: PersonaStore
  readonly sessions?: Sessions
}

function openTalk({ stateFolder, speakers, listeners, contracts, logger }: DaemonOptions): TalkServices {
  const warn = (message: string) => logger?.warn(message)
  const languages = new LanguageProviders(stateFolder, warn)
  const personas = new PersonaStore(stateFolder, warn)
  if (!speakers || !listeners) return { languages, personas }
  const own = new PoolSpeech(speakers)
  const sessions = new Sessions({
    languages: {
      list: () => languages.list(),
      open: (id, model) => languages.open(id, model),
      ...(contracts && { plugin: (name, model) => contracts.model(name, model) }),
    },
    personas,
    listeners,
    speech: contracts ? new RoutedSpeech(own, contracts) : own,
  })
  return { languages, personas, sessions }
}

async function createApp(
  options: DaemonOptions,
  { languages, personas, sessions }: TalkServices,
  pairing: PairingParts,
  status: () => Promise<CompanionStatus>,
  sockets: object,
): Promise<FastifyInstance> {
  const { guard, lines } = pairing
  const app = fastify({
    bodyLimit: 1 << 20,
    routerOptions: { maxParamLength: 512 },
    // The query may hold a ticket: it is not logged.
    ...(options.logger && {
      loggerInstance: options.logger,
      logController: new LogController({ disableRequestLogging: true }),
    }),
  })
  // What is checked and told is written with Zod; a body of another type than JSON is a job's input, or a mistake.
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.removeContentTypeParser('text/plain')
  await app.register(swagger, openApi())
  speakOpenAi(app)
  guardDoor(app, guard, lines)
  const answerOtherMethods = knowMethods(app)
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug({ method: request.method, path: request.url.split('?', 1)[0], status: reply.statusCode })
  })
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof SeamError) return fail(reply, error)
    if (hasZodFastifySchemaValidationErrors(error)) {
      const [first] = error.validation
      const at = first?.instancePath.replaceAll('/', '.').replace(/^\./, '') ?? ''
      const where = error.validationContext ?? 'body'
      const message = `The ${where === 'body' ? 'body' : where} can’t be used: ${at ? `“${at}”: ` : ''}${first?.message ?? error.message}.`
      return fail(reply, new SeamError('bad-input', message))
    }
    const code = error.statusCode ?? 500
    if (code >= 500) request.log.error(error)
    const data = code >= 500 ? errorData(error) : { ...errorData(error), code: 'bad-input' as const }
    return reply.code(code).send(data)
  })
  statusRoutes(app, guard, status)
  pairingRoutes(app, pairing)
  modelRoutes(app, options.store)
  const { store, speakers, listeners } = options
  if (speakers && listeners)
    await openAiRoutes(app, { store, speakers, listeners, ...(options.contracts && { contracts: options.contracts }) })
  languageRoutes(app, languages)
  await app.register(part => registerPersonas(part, { store: personas }))
  if (sessions) sessionRoutes(app, sessions)
  if (options.contracts) contractRoutes(app, options.contracts)
  if (options.host) {
    const { host } = options
    await app.register(async part => {
      pluginRoutes(part, host)
      jobRoutes(part, host)
    })
    measure(app, host, sessions)
  }
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  app.get('/asyncapi.json', { schema: { hide: true } }, () => sockets)
  answerOtherMethods()
  if (options.dist === undefined) {
    app.setNotFoundHandler((_, reply) =>
      reply.code(404).send(refusal('There is nothing at this address.', 'not-found')),
    )
  } else {
    await servePage(app, options.dist, guard)
  }
  await app.ready()
  return app
}

/** 127.0.0.1, and ::1 where the machine has it: on some, `localhost` is the one, on some the other. */
async function listenOnLoopback(app: FastifyInstance, port: number): Promise<Server[]> {
  const make = () => {
    const server = createServer((request: IncomingMessage, response: ServerResponse) => app.routing(request, response))
    // An input of gigabytes takes its time; headers must come within Node's own minute.
    server.requestTimeout = 30 * 60_000
    return server
  }
  const first = await listen(make(), '127.0.0.1', port)
  try {
    return [first, await listen(make(), '::1', portOf(first))]
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return [first]
    await closeServer(first)
    throw error
  }
}

function listen(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(taken(error, port)))
    server.listen({ host, port, exclusive: true }, () => resolve(server))
  })
}

function taken(error: Error, port: number): Error {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new SeamError(
        'conflict',
        `Port ${port} is used by another program. Choose one with --port, or --port 0 for any.`,
        {
          cause: error,
          details: { port },
        },
      )
    case 'EACCES':
      return new SeamError('refused', `This account may not use port ${port}. Choose one from 1024 with --port.`, {
        cause: error,
      })
  }
  return error
}

function portOf(server: Server): number {
  const address = server.address()
  return address && typeof address === 'object' ? address.port : 0
}

function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 500).unref()
  })
}
