// The peer of the bench of contract plugins: vscode-jsonrpc on both sides, with its own framing.
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node'

const connection = createMessageConnection(
  new StreamMessageReader(process.stdin),
  new StreamMessageWriter(process.stdout),
)
connection.onRequest('empty', () => null)
connection.listen()
