import { type Mac, parseMac } from './values/mac.ts'

export type DemoVisit = { at: Date; seconds: number; site: number; octets: bigint; stillHere: boolean }
export type DemoGuest = {
  name: string | null
  locale: string
  phone: string
  mac: Mac
  marketing: boolean
  birthday: string | null
  /** `at` unset: on the last visit. */
  note: { kind: 'note' | 'complaint' | 'call'; text: string; at?: Date } | null
  visits: DemoVisit[]
}

/** A seeded source of chance in [0, 1): mulberry32, public domain. */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const surnames = [
  '王',
  '李',
  '张',
  '刘',
  '陈',
  '杨',
  '黄',
  '赵',
  '吴',
  '周',
  '徐',
  '孙',
  '马',
  '朱',
  '胡',
  '林',
  '何',
  '高',
  '沈',
  '罗',
]
const givenNames = [
  '静怡',
  '磊',
  '雅婷',
  '子涵',
  '国栋',
  '丽娜',
  '俊',
  '欣怡',
  '浩然',
  '婷',
  '志强',
  '梦瑶',
  '宇轩',
  '秀英',
  '建国',
  '佳怡',
  '明',
  '雨桐',
  '思远',
  '晓梅',
]
const westernNames = [
  'Camille Laurent',
  'Thomas Okafor',
  'Élodie Martin',
  'James Whitfield',
  'Aiko Tanaka',
  'Sofia Rossi',
  'Daniel Kim',
  'Priya Nair',
  'Lucas Meyer',
  'Anna Kowalska',
]
const notes = [
  { kind: 'note', text: '喜欢龙井，靠窗的位子。' },
  { kind: 'note', text: 'Brings her mother on Sundays. No peanuts, for either of them.' },
  { kind: 'note', text: '带电脑来工作，喜欢安静的角落。' },
  { kind: 'complaint', text: '茶凉了，等了二十五分钟。' },
  { kind: 'call', text: '电话预约下周六的包间，四位。' },
] as const

/** Arrivals by hour of the day (10 to 21) and by weekday (Sunday first), in Shanghai. */
const hourWeights = [34, 49, 72, 88, 93, 101, 98, 86, 82, 85, 69, 44]
const dayWeights = [200, 83, 80, 89, 97, 129, 223]
const shanghaiOffsetMs = 8 * 3600 * 1000
const dayMs = 86_400_000

/**
 * People by the model of customer-base analysis: each has a rate of coming (gamma) and a chance to drop out after
 * every visit (beta), as in BG/NBD (Fader, Hardie and Lee 2005), so that later analysis finds what it looks for.
 */
export function demoGuests(
  roll: () => number,
  options: { guests: number; days: number; now: Date },
  siteCount: number,
): DemoGuest[] {
  const taken = new Set<string>()
  return Array.from({ length: options.guests }, (_, index) => {
    const isWestern = roll() < 0.06
    const locale = isWestern ? 'en' : 'zh-CN'
    const hasName = roll() < 0.62
    const name = isWestern ? pick(roll, westernNames) : pick(roll, surnames) + pick(roll, givenNames)
    return {
      name: hasName ? name : null,
      locale,
      phone: freshPhone(roll, taken),
      mac: macOf(roll, index),
      marketing: roll() < 0.46,
      birthday: roll() < 0.18 ? birthdayOf(roll) : null,
      note: roll() < 0.04 ? pick(roll, notes) : null,
      visits: visitsOf(roll, options, siteCount),
    }
  })
}

function visitsOf(roll: () => number, options: { days: number; now: Date }, siteCount: number): DemoVisit[] {
  const home = Math.min(siteCount - 1, Math.floor(roll() ** 1.6 * siteCount))
  const everyDays = 4 + 70 * gamma(roll)
  const dropout = 0.12 + 0.5 * roll() ** 2
  const visits: DemoVisit[] = []
  let day = roll() * options.days
  do {
    const at = moment(roll, options.now, options.days - day)
    const seconds = Math.round(Math.min(6 * 3600, 60 * Math.exp(3.85 + 0.55 * normal(roll))))
    if (
      at.getTime() <= options.now.getTime() &&
      (visits.at(-1)?.at.getTime() ?? 0) + 5 * 3600 * 1000 < at.getTime()
    ) {
      const site = roll() < 0.88 ? home : Math.floor(roll() * siteCount)
      const stillHere = at.getTime() + seconds * 1000 > options.now.getTime()
      visits.push({ at, seconds, site, octets: BigInt(Math.round(2e6 + 4e8 * roll() ** 3)), stillHere })
    }
    day += -Math.log(1 - roll()) * everyDays
  } while (day < options.days && roll() > dropout)
  if (visits.length) return visits
  // Too late today for the shop to be open: the visit was yesterday.
  return [
    {
      at: new Date(options.now.getTime() - dayMs),
      seconds: 2700,
      site: home,
      octets: 3_000_000n,
      stillHere: false,
    },
  ]
}

/** A moment in the week `daysAgo` days back, on a weekday and at an opening hour as busy as they are. */
function moment(roll: () => number, now: Date, daysAgo: number): Date {
  const localDay = Math.floor((now.getTime() + shanghaiOffsetMs - daysAgo * dayMs) / dayMs)
  const sunday = localDay - ((localDay + 4) % 7)
  const day = sunday + weighted(roll, dayWeights)
  const hour = 10 + weighted(roll, hourWeights)
  const at = day * dayMs - shanghaiOffsetMs + (hour * 60 + roll() * 60) * 60_000
  return new Date(at > now.getTime() ? at - 7 * dayMs : at)
}

function weighted(roll: () => number, weights: number[]): number {
  let rest = roll() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    rest -= weight
    if (rest < 0) return index
  }
  return weights.length - 1
}

const pick = <T>(roll: () => number, from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T
const normal = (roll: () => number) => Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll())
/** Gamma with shape 1 and 2 mixed: many near zero, a long tail. */
const gamma = (roll: () => number) => -Math.log(1 - roll()) * (0.4 + 0.6 * roll())

function freshPhone(roll: () => number, taken: Set<string>): string {
  for (;;) {
    const prefix = pick(roll, [
      '134',
      '135',
      '136',
      '137',
      '138',
      '139',
      '150',
      '151',
      '158',
      '159',
      '182',
      '186',
      '187',
      '188',
    ])
    const phone = `+86${prefix}${String(Math.floor(roll() * 1e8)).padStart(8, '0')}`
    if (!taken.has(phone)) {
      taken.add(phone)
      return phone
    }
  }
}

function macOf(roll: () => number, index: number): Mac {
  const first = roll() < 0.7 ? '06' : '3c'
  const tail = `${index.toString(16).padStart(6, '0')}${Math.floor(roll() * 65536)
    .toString(16)
    .padStart(4, '0')}`
  return parseMac(`${first}${tail}`) as Mac
}

function birthdayOf(roll: () => number): string {
  const date = new Date(Date.UTC(2001, 0, 1 + Math.floor(roll() * 365)))
  return date.toISOString().slice(5, 10)
}
