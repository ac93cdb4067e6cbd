/** What a service manager is told. */
export interface ServiceFacts {
  /** The Node that runs Voxloom. */
  readonly node: string
  /** The file that it runs, and what follows. */
  readonly args: readonly string[]
  /** Folders that the companion may write. */
  readonly writable: readonly string[]
  /** Variables that name the user's own folders, as they are now. */
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
}

/** Label of the service with launchd, and its file's name. */
export const LAUNCHD_LABEL = 'voxloom.companion'
export const SYSTEMD_UNIT = 'voxloom.service'

/** A word of a systemd unit: quotes, backslashes, percent and dollar signs have meanings there. systemd.service(5) */
const systemdWord = (text: string) =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`

/** A unit for `systemctl --user`. What it forbids, the companion and its plugins do not need. */
export function systemdUnit({ node, args, writable, env }: ServiceFacts): string {
  return [
    '[Unit]',
    'Description=Voxloom companion',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${[node, ...args].map(systemdWord).join(' ')}`,
    ...Object.entries(env).map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}`),
    'Restart=on-failure',
    'RestartSec=2',
    // The companion ends its plugins itself, in good order, and needs a moment for it.
    'KillMode=mixed',
    'TimeoutStopSec=20',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    ...writable.map(folder => `ReadWritePaths=-${systemdWord(folder)}`),
    'PrivateTmp=yes',
    'ProtectKernelTunables=yes',
    'ProtectControlGroups=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n')
}

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const string = (text: string) => `<string>${xml(text)}</string>`

/** A property list for launchd, for ~/Library/LaunchAgents. launchd.plist(5) */
export function launchdList({ node, args, env, logFile }: ServiceFacts): string {
  const variables = Object.entries(env).map(([name, value]) => `    <key>${xml(name)}</key>${string(value)}`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    `  <key>Label</key>${string(LAUNCHD_LABEL)}`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...[node, ...args].map(arg => `    ${string(arg)}`),
    '  </array>',
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    ...variables,
    '  </dict>',
    '  <key>RunAtLoad</key><true/>',
    '  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>',
    '  <key>ExitTimeOut</key><integer>20</integer>',
    `  <key>StandardErrorPath</key>${string(logFile)}`,
    '</dict>',
    '</plist>',
    '',
  ].join('\n')
}
