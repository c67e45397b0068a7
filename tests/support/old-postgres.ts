import { createServer, type Socket } from 'node:net'

/** Says it is a PostgreSQL of this version number and answers every question with it; no old one needs installing. */
export async function oldPostgres(version: number): Promise<{ url: string; close(): void }> {
  const server = createServer((socket) => {
    let started = false
    let rest = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (;;) {
        const head = started ? 1 : 0
        if (rest.length < head + 4) return
        const end = head + rest.readUInt32BE(head)
        if (rest.length < end) return
        const kind = started ? String.fromCharCode(rest[0] as number) : 'startup'
        rest = rest.subarray(end)
        started = true
        answer(socket, kind, version)
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  return { url: `postgres://a@127.0.0.1:${port}/doorman`, close: () => void server.close() }
}

/** PostgreSQL's protocol 3.0, §55.2: startup, and the messages of one extended query with one number in it. */
function answer(socket: Socket, kind: string, version: number) {
  const value = Buffer.from(String(version))
  const ready = message('Z', Buffer.from('I'))
  if (kind === 'startup') socket.write(Buffer.concat([message('R', int32(0)), ready]))
  if (kind === 'P') socket.write(message('1'))
  if (kind === 'D') socket.write(Buffer.concat([message('t', int16(0)), message('T', column('version'))]))
  if (kind === 'B') socket.write(message('2'))
  if (kind === 'E')
    socket.write(
      Buffer.concat([
        message('D', Buffer.concat([int16(1), int32(value.length), value])),
        message('C', Buffer.from('SELECT 1\0')),
      ]),
    )
  if (kind === 'S') socket.write(ready)
  if (kind === 'X') socket.end()
}

const int16 = (value: number) => Buffer.from([value >> 8, value & 255])
const int32 = (value: number) =>
  Buffer.from([value >> 24, value >> 16, value >> 8, value].map((byte) => byte & 255))
const message = (kind: string, body = Buffer.alloc(0)) =>
  Buffer.concat([Buffer.from(kind), int32(body.length + 4), body])
/** int4 in text. */
const column = (name: string) =>
  Buffer.concat([
    int16(1),
    Buffer.from(`${name}\0`),
    int32(0),
    int16(0),
    int32(23),
    int16(4),
    int32(-1),
    int16(0),
  ])
