import { once } from 'node:events'
import { createServer, connect as dialSocket, type Socket } from 'node:net'
import type postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dial } from '../../db/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { Random } from '../support/random.ts'

/** What stands between us and the database: a router, a pooler, a cable. */
type Way = {
  url: string
  reset(): void
  end(): void
  /** Ends the connection that says these words, and lets nobody through until `open`. */
  shutAt(words: string): void
  open(): Promise<void>
  close(): Promise<void>
}

async function wayTo(url: string): Promise<Way> {
  const target = new URL(url)
  const folder = target.searchParams.get('host')
  const port = Number(target.port || 5432)
  const open = new Set<Socket>()
  let last: string | undefined
  const server = createServer((socket) => {
    const onward = folder
      ? dialSocket(`${folder}/.s.PGSQL.${port}`)
      : dialSocket({ port, host: target.hostname })
    open.add(socket)
    socket.on('close', () => {
      open.delete(socket)
      onward.destroy()
    })
    onward.on('close', () => socket.end())
    for (const one of [socket, onward]) one.on('error', () => {})
    socket.on('data', (bytes) => {
      if (last && bytes.includes(last)) {
        server.close()
        socket.end()
      } else onward.write(bytes)
    })
    onward.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const listening = (server.address() as { port: number }).port
  const here = new URL(url)
  here.search = ''
  here.host = `127.0.0.1:${listening}`
  return {
    url: here.href,
    reset: () => {
      for (const socket of open) socket.resetAndDestroy()
    },
    end: () => {
      for (const socket of open) socket.end()
    },
    shutAt: (words) => {
      last = words
    },
    open: async () => {
      last = undefined
      server.listen(listening, '127.0.0.1')
      await once(server, 'listening')
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

let database: TestDatabase
let owner: postgres.Sql
let way: Way
let sql: postgres.Sql
beforeAll(async () => {
  database = await freshDatabase()
  owner = dial(database.url, { max: 1, onnotice: () => {} })
  await owner`create table kept (by_whom text)`
})
afterAll(async () => {
  await owner.end()
  await database.close()
})
beforeEach(async () => {
  way = await wayTo(database.url)
  // One connection, so that whatever is odd about it is met by the next who asks.
  sql = dial(way.url, { max: 1, onnotice: () => {}, connect_timeout: 2, backoff: () => 0.01 })
})
afterEach(async () => {
  await sql.end({ timeout: 1 })
  await way.close()
  await owner`delete from kept`
})

type Through = postgres.Sql | postgres.TransactionSql

const serverProcess = async (asked: Through): Promise<number> => {
  const [row] = await asked<{ pid: number }[]>`select pg_backend_pid() as pid`
  return row?.pid ?? 0
}
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
const answers = async () => {
  for (let question = 0; question < 3; question++)
    expect(await sql`select ${question}::int as said`).toEqual([{ said: question }])
}

describe('A connection to the ledger that is lost', () => {
  it.each(['while it works', 'while it waits'] as const)(
    'with its server process, %s, ends the transaction that has it; the next who asks is answered',
    async (when) => {
      const lost = sql.begin(async (tx) => {
        const pid = await serverProcess(tx)
        const work = when === 'while it works' ? tx`select pg_sleep(5)` : pause(200)
        await pause(20)
        await owner`select pg_terminate_backend(${pid})`
        await work
        await tx`insert into kept values ('lost')`
      })
      await expect(lost).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:57P01|CONNECTION_CLOSED)$/),
      })
      await answers()
    },
  )

  it('is not replaced under a transaction: what is said in it later is not done within another’s', async () => {
    const meanwhile = Promise.withResolvers<void>()
    const late: unknown[] = []
    const lost = sql.begin(async (tx) => {
      const pid = await serverProcess(tx)
      await owner`select pg_terminate_backend(${pid})`
      await meanwhile.promise
      await tx`insert into kept values ('lost')`.catch((error) => late.push(error.code))
    })
    await expect(lost).rejects.toThrow()
    await sql.begin(async (tx) => {
      await tx`insert into kept values ('other')`
      meanwhile.resolve()
      await pause(100)
      await tx`insert into kept values ('other')`
    })
    expect(late).toEqual(['CONNECTION_CLOSED'])
    expect(await owner`select by_whom from kept`).toEqual([{ by_whom: 'other' }, { by_whom: 'other' }])
  })

  it('while it is being made, and can not be made again, fails who asked, and nothing more', async () => {
    way.shutAt('pg_catalog.pg_type')
    await expect(sql`select 1 as said`).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await way.open()
    await answers()
    // What array types there are is asked again: their values are read as before.
    expect(await sql`select array['a', 'b']::text[] as said`).toEqual([{ said: ['a', 'b'] }])
  })

  it('at any moment and in any way answers each question with its own answer or an error, and is replaced', async () => {
    const dice = new Random(2026)
    const ways = [
      () => way.reset(),
      () => way.end(),
      () =>
        void owner`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.catch(() => {}),
    ]
    let answered = 0
    let failed = 0
    let number = 0
    for (let round = 0; round < 60; round++) {
      const asked: Promise<void>[] = []
      const ask = async (through: Through) => {
        const mine = ++number
        // Long enough now and then that it is written at once, and not with others in the next turn.
        const text = 'x'.repeat(dice.chance(0.2) ? 2000 : 1)
        const [row] = await through`select ${mine}::int as said, length(${text}) as long`
        if (row?.said !== mine || row.long !== text.length) throw new Error(`${mine} was told ${row?.said}`)
      }
      const settle = (question: Promise<void>) =>
        question.then(
          () => void answered++,
          (error) => {
            expect(error.code ?? error.message).toMatch(
              /^(?:57P01|CONNECTION_CLOSED|CONNECTION_DESTROYED|ECONNRESET|EPIPE)$/,
            )
            failed++
          },
        )
      for (let step = 0; step < 6; step++) {
        if (dice.chance(0.6)) asked.push(settle(ask(sql)))
        else
          asked.push(
            settle(
              sql.begin(async (tx) => {
                await ask(tx)
                if (dice.chance(0.5)) await pause(dice.next() * 4)
                await ask(tx)
              }) as Promise<void>,
            ),
          )
        if (step === 2) {
          if (dice.chance(0.7)) await pause(dice.next() * 4)
          dice.pick(ways)()
        }
      }
      await Promise.all(asked)
    }
    await answers()
    expect(answered).toBeGreaterThan(60)
    expect(failed).toBeGreaterThan(20)
  })
})
