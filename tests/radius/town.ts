import { createSocket } from 'node:dgram'
import type { Db } from '../../db/index.ts'
import { transaction } from '../../db/index.ts'
import { insertNas } from '../../db/network/nas.ts'
import { letIn, openShop } from '../support/people.ts'
import { type Attribute, accessRequest, accountingRequest, hide, isAnswer, text, u32 } from './oracle.ts'

export type BootFigures = {
  nases: number
  /** Accounting-On acknowledged, and the first Access-Request answered as it must be. */
  onAcknowledged: number
  rightAnswers: number
  wrongAnswers: number
  unanswered: number
  sent: number
  lastAnswerMs: number
}

/**
 * Power comes back to a town: every access point, each at an address of its own, sends Accounting-On and its first
 * Access-Request at once, and repeats both as RFC 5080 §2.2.1 has it (2 s, doubled up to 16 s, ± 10 %, 30 s in all).
 * Half of the devices have a right, half are unknown.
 */
export async function bootTown(
  place: { db: Db; ports: { auth: number; acct: number } },
  count: number,
): Promise<BootFigures> {
  const addresses = Array.from(
    { length: count },
    (_, index) => `127.9.${Math.floor(index / 250)}.${1 + (index % 250)}`,
  )
  const { secret, known } = await settle(place.db, addresses)
  const points = await Promise.all(addresses.map((address) => openPoint(address, secret)))
  const figures: BootFigures = {
    nases: addresses.length,
    onAcknowledged: 0,
    rightAnswers: 0,
    wrongAnswers: 0,
    unanswered: 0,
    sent: 0,
    lastAnswerMs: 0,
  }
  const from = performance.now()
  await Promise.all(
    points.map(async (point, index) => {
      const here: Attribute = [4, Buffer.from(point.address.split('.').map(Number))]
      const hasRight = index % 2 === 0
      const mac = hasRight
        ? (known[index % known.length] as string)
        : `02-B0-07-00-${octet(index >> 8)}-${octet(index)}`
      const on = accountingRequest(secret, 1, [here, [40, u32(7)], [44, text('boot')]])
      const authenticator = Buffer.alloc(16, index)
      const ask = accessRequest(
        secret,
        2,
        [here, [1, text(mac)], [2, hide(text(mac), authenticator, secret)], [6, u32(10)], [31, text(mac)]],
        { authenticator },
      )
      const [onAnswer, answer] = await Promise.all([
        point.ask(on, place.ports.acct),
        point.ask(ask, place.ports.auth),
      ])
      if (onAnswer?.[0] === 5) figures.onAcknowledged++
      if (!answer || !onAnswer) figures.unanswered++
      if (answer) figures[answer[0] === (hasRight ? 2 : 3) ? 'rightAnswers' : 'wrongAnswers']++
      figures.sent += point.sent()
      figures.lastAnswerMs = Math.round(performance.now() - from)
      point.close()
    }),
  )
  return figures
}

const octet = (value: number) => (value & 255).toString(16).padStart(2, '0').toUpperCase()

async function settle(db: Db, addresses: string[]) {
  const [first, ...others] = addresses
  const shop = await openShop(db, { nas: { address: first as string } })
  await transaction(shop.ctx, async (tx) => {
    for (const address of others)
      await insertNas(tx, shop.ctx, shop.site.id, { gateway: 'uam', address, secret: shop.secret }, 8)
  })
  const known: string[] = []
  for (let index = 0; index < 50; index++) {
    const mac = `02-B0-07-FF-00-${octet(index)}`
    await letIn(shop, { phone: `1380016${1000 + index}`, mac })
    known.push(mac)
  }
  await new Promise((done) => setTimeout(done, 1000))
  return { secret: shop.secret, known }
}

async function openPoint(address: string, secret: string) {
  const socket = createSocket('udp4')
  const waiting = new Map<number, (answer: Buffer) => void>()
  socket.on('message', (answer) => waiting.get(answer[1] as number)?.(Buffer.from(answer)))
  await new Promise<void>((done, failed) => {
    socket.once('error', failed)
    socket.bind(0, address, () => done())
  })
  let sent = 0
  return {
    address,
    sent: () => sent,
    close: () => socket.close(),
    ask: (request: Buffer, port: number) =>
      new Promise<Buffer | undefined>((done) => {
        let timer: NodeJS.Timeout
        const end = (answer: Buffer | undefined) => {
          clearTimeout(timer)
          clearTimeout(last)
          waiting.delete(request[1] as number)
          done(answer)
        }
        const last = setTimeout(() => end(undefined), 30_000)
        const send = (waitMs: number) => {
          sent++
          socket.send(request, port, '127.0.0.1')
          timer = setTimeout(() => send(Math.min(waitMs * 2, 16_000)), waitMs * (0.9 + 0.2 * Math.random()))
        }
        waiting.set(request[1] as number, (answer) => isAnswer(answer, request, secret) && end(answer))
        send(2000)
      }),
  }
}
