import type { DemoGuest } from './demo-guests.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/**
 * Sets the scene for whoever opens the panel right after `demo`, at whatever hour: some guests are in the shops now,
 * one of each kind that staff should know: a regular with a birthday soon, one who complained yesterday, one who
 * stayed away for long, one who is new. The rest is whoever comes often.
 */
export function setTheScene(roll: () => number, crowd: DemoGuest[], now: Date): void {
  const here = new Set(crowd.filter((guest) => guest.visits.at(-1)?.stillHere))
  const wanted = Math.min(crowd.length, Math.max(4, Math.min(24, Math.round(crowd.length / 160))))
  const away = crowd.filter((guest) => !here.has(guest) && lastAt(guest) < now.getTime() - dayMs / 2)
  const take = (fits: (guest: DemoGuest) => boolean) => {
    const found = away.findIndex(fits)
    const [guest] = found < 0 ? [] : away.splice(found, 1)
    if (!guest) return undefined
    comeIn(roll, guest, now)
    here.add(guest)
    return guest
  }
  const regular = take((guest) => guest.visits.length >= 6 && guest.name !== null)
  if (regular) regular.birthday = monthAndDay(now.getTime() + 4 * dayMs)
  const upset = take((guest) => guest.visits.length >= 3 && guest.name !== null)
  if (upset) {
    const at = new Date(now.getTime() - 22 * 60 * minuteMs)
    upset.note = { kind: 'complaint', text: '茶凉了，等了二十五分钟。', at }
  }
  take((guest) => lastAt(guest) < now.getTime() - 90 * dayMs && guest.visits.length >= 2)
  const fresh = take((guest) => guest.visits.length === 1)
  if (fresh) fresh.visits.splice(0, fresh.visits.length - 1)
  while (here.size < wanted && take((guest) => guest.visits.length > 1 || roll() < 0.2));
  // Birthdays that staff can still prepare for, among people who come often.
  const loyal = crowd.filter((guest) => guest.visits.length >= 4 && guest.birthday === null)
  for (const [index, guest] of loyal.slice(0, 3).entries())
    guest.birthday = monthAndDay(now.getTime() + (1 + 3 * index) * dayMs)
}

const lastAt = (guest: DemoGuest) => guest.visits.at(-1)?.at.getTime() ?? 0

function comeIn(roll: () => number, guest: DemoGuest, now: Date) {
  const site = guest.visits.at(-1)?.site ?? 0
  const at = new Date(now.getTime() - (4 + 70 * roll()) * minuteMs)
  guest.visits.push({
    at,
    seconds: 3600,
    site,
    octets: BigInt(Math.round(5e6 + 9e7 * roll())),
    stillHere: true,
  })
}

/** MM-DD in Shanghai, where the shops are. */
const monthAndDay = (at: number) => new Date(at + 8 * 3600 * 1000).toISOString().slice(5, 10)
