import type { Refusal, RefusalReason } from '../db/access/admit.ts'

/** Why not, in the guest's language, for a gateway that shows Reply-Message (RFC 2865 §5.18). Under 253 octets. */
export function refusalText({ refused, locale, resumesAt }: Refusal): string {
  const words = locale?.startsWith('zh') ? zh : en
  return words.why[refused] + (resumesAt ? words.again(resumesAt) : '')
}

type Words = { why: Record<RefusalReason, string>; again: (at: string) => string }

const en: Words = {
  why: {
    closed: 'Wi-Fi is closed now.',
    volume: 'The data of this sign-in is used up. Sign in again.',
    'day-time': "Today's free time is used up.",
    'day-volume': "Today's free data is used up.",
    'month-time': "This month's free time is used up.",
    'month-volume': "This month's free data is used up.",
    balance: 'Your balance is used up. Top it up at the counter.',
    devices: 'Too many of your devices are online. Turn Wi-Fi off on one of them.',
  },
  again: (at) => ` Online again from ${at}.`,
}

const zh: Words = {
  why: {
    closed: 'Wi-Fi 现在已关闭。',
    volume: '本次登录的流量已用完，请重新登录。',
    'day-time': '今天的免费时长已用完。',
    'day-volume': '今天的免费流量已用完。',
    'month-time': '本月的免费时长已用完。',
    'month-volume': '本月的免费流量已用完。',
    balance: '您的余额已用完，请到前台充值。',
    devices: '您同时在线的设备太多，请关闭其中一台的 Wi-Fi。',
  },
  again: (at) => `${at} 起可再次上网。`,
}
