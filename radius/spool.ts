import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Octets of one file; a full one is closed and the next begun. */
const fileMax = 8 << 20
/** Entries given back and not taken yet, at most. */
const underWayMax = 500

/** How an entry is written in one line and read again; `read` throws where a line is damaged. */
export type SpoolFormat<T> = { write(entry: T): string; read(line: string): T }

/**
 * What could not be written to the ledger, kept on disk until it can: one line an entry, files in order.
 * `add` resolves after fdatasync, and entries that wait together are synced together; only then may a packet be
 * acknowledged. `drain` gives everything back in order and removes a file when all of it has been taken.
 * A line that was cut short by a crash was never acknowledged, so it is skipped.
 */
export class Spool<T> {
  #file: { handle: FileHandle; name: string; octets: number } | undefined
  #next: number
  #octets = 0
  #waiting: { line: string; done: () => void; failed: (error: unknown) => void }[] = []
  #writing: Promise<void> | undefined
  #draining: Promise<number> | undefined
  /** How far the file that is being drained has got: a ledger that goes away again must not send it to the start. */
  #taken = { name: '', entries: 0 }

  /** Opens a folder, made where it is missing. Throws where it can not be written to. */
  constructor(
    private readonly folder: string,
    private readonly format: SpoolFormat<T>,
    private readonly octetsMax = 1 << 30,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const names = this.#names()
    this.#next = Number(names.at(-1)?.slice(0, 10) ?? 0) + 1
    for (const name of names) this.#octets += statSync(join(folder, name)).size
  }

  /** Octets that wait to be drained. */
  get octets(): number {
    return this.#octets
  }

  /** @returns undefined where the spool is full. */
  add(entry: T): Promise<void> | undefined {
    const line = `${this.format.write(entry)}\n`
    if (this.#octets + line.length > this.octetsMax) return undefined
    this.#octets += Buffer.byteLength(line)
    return new Promise((done, failed) => {
      this.#waiting.push({ line, done, failed })
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined
      })
    })
  }

  /**
   * Gives every entry to `take` and removes the files whose entries were all taken. Stops at the first that is not.
   * @param take resolves when the entry is durable elsewhere.
   * @returns how many were taken.
   */
  drain(take: (entry: T) => Promise<void>): Promise<number> {
    this.#draining ??= this.#drain(take).finally(() => {
      this.#draining = undefined
    })
    return this.#draining
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#draining?.catch(() => {})
    await this.#file?.handle.close()
    this.#file = undefined
  }

  async #write() {
    // What comes while a sync is under way goes with the next one.
    while (this.#waiting.length) {
      const batch = this.#waiting.splice(0, 1000)
      try {
        const file = await this.#current()
        const text = batch.map(({ line }) => line).join('')
        await file.handle.appendFile(text)
        await file.handle.datasync()
        file.octets += Buffer.byteLength(text)
        for (const { done } of batch) done()
        if (file.octets >= fileMax) await this.#rotate()
      } catch (error) {
        for (const { line, failed } of batch) {
          this.#octets -= Buffer.byteLength(line)
          failed(error)
        }
        // What was half written ends with a line of its own file.
        await this.#rotate().catch(() => {})
      }
    }
  }

  async #current() {
    if (this.#file) return this.#file
    const name = `${String(this.#next++).padStart(10, '0')}.spool`
    const handle = await open(join(this.folder, name), 'ax', 0o600)
    this.#syncFolder()
    this.#file = { handle, name, octets: 0 }
    return this.#file
  }

  async #rotate() {
    const file = this.#file
    this.#file = undefined
    await file?.handle.close()
  }

  async #drain(take: (entry: T) => Promise<void>): Promise<number> {
    let taken = 0
    for (;;) {
      await this.#writing
      const [name] = this.#names()
      if (!name) return taken
      if (this.#file?.name === name) await this.#rotate()
      taken += await this.#drainFile(name, take)
    }
  }

  async #drainFile(name: string, take: (entry: T) => Promise<void>): Promise<number> {
    const path = join(this.folder, name)
    const text = await readFile(path, 'utf8')
    const entries: T[] = []
    let isDamaged = false
    const lines = text.split('\n')
    // After the last newline stands nothing, or what a crash cut short.
    const cut = lines.pop()
    for (const line of lines) {
      try {
        entries.push(this.format.read(line))
      } catch {
        isDamaged = true
      }
    }
    if (this.#taken.name !== name) this.#taken = { name, entries: 0 }
    const before = this.#taken.entries
    await this.#takeAll(entries, take)
    // A damaged line amid whole ones is kept for whoever can read it.
    if (isDamaged) await rename(path, `${path}.damaged`)
    else await rm(path)
    this.#octets -= Buffer.byteLength(text) - (cut ? Buffer.byteLength(cut) : 0)
    if (this.#octets < 0 || this.#names().length === 0) this.#octets = 0
    return entries.length - before
  }

  /**
   * Gives back what of a file is left, in order; another goes whenever one is taken, however long the others take.
   * Ends when nothing is under way any more, well or not.
   */
  #takeAll(entries: readonly T[], take: (entry: T) => Promise<void>): Promise<void> {
    const taken = new Set<number>()
    let next = this.#taken.entries
    let underWay = 0
    let fault: { error: unknown } | undefined
    return new Promise((finished, failed) => {
      const go = () => {
        while (!fault && underWay < underWayMax && next < entries.length) void one(next++)
        if (underWay > 0) return
        if (fault) failed(fault.error)
        else finished()
      }
      const one = async (at: number) => {
        underWay++
        try {
          await take(entries[at] as T)
          taken.add(at)
          // What is taken ahead of one that is not is given back again the next time; it is in the ledger once all the same.
          while (taken.delete(this.#taken.entries)) this.#taken.entries++
        } catch (error) {
          fault ??= { error }
        }
        underWay--
        go()
      }
      go()
    })
  }

  #names(): string[] {
    return readdirSync(this.folder)
      .filter((name) => /^\d{10}\.spool$/.test(name))
      .sort()
  }

  /** A new file's name must survive a power cut too. */
  #syncFolder() {
    const fd = openSync(this.folder, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }
}
