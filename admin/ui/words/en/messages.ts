import { plural } from './plural.ts'

export const messages = {
  title: 'Messages',
  today: (n: { total: number; delivered: number; onTheirWay: number; failed: number }) =>
    n.total === 0
      ? 'None today'
      : `Today ${n.total.toLocaleString('en')}: ${n.delivered.toLocaleString('en')} delivered, ${n.onTheirWay} on the way, ${n.failed} failed`,
  todayShown: (total: number) => `Today ${total.toLocaleString('en')}, shown here instead of being sent`,
  median: (seconds: string) => `${seconds} s to the phone, median`,
  filters: { state: 'State', kind: 'Kind', to: 'To' },
  searchTo: 'Number or its last four digits',
  kinds: { code: 'codes', notice: 'notices' } as Record<string, string>,
  kind: { code: 'Code', notice: 'Notice' } as Record<string, string>,
  columns: { time: 'Time', to: 'To', text: 'Text', site: 'Site', by: 'By', state: 'State', parts: 'Parts' },
  states: {
    queued: 'queued',
    sending: 'on its way',
    sent: 'sent',
    delivered: 'delivered',
    failed: 'failed',
    unknown: 'unclear',
  },
  shownHere: 'shown here',
  providers: { outbox: 'Outbox', twilio: 'Twilio', webhook: 'Webhook' } as Record<string, string>,
  trial: 'This is a trial.',
  trialHelp: 'No provider is connected: texts are shown here instead of being sent.',
  trialDo: 'How to connect one',
  connectTitle: 'Connect a provider',
  connectHelp:
    'Texts are carried by Twilio or by a webhook of your own. Set these where the server runs, then start it again:',
  connectTwilio: 'Twilio',
  connectWebhook: 'A webhook of your own',
  none: 'No message yet',
  noneHelp: 'Each code and each notice to a guest stands here, with what became of it.',
  noneFiltered: 'No message fits these filters',
  what: 'What happened',
  queued: 'Queued',
  taken: (by: string) => `Taken by ${by}`,
  delivered: 'On the phone',
  notDelivered: 'Not delivered',
  waiting: 'Waiting to be taken',
  unknownSent: 'It is unclear whether it left; it is not sent twice.',
  particulars: 'Particulars',
  guest: 'Guest',
  openGuest: 'Open the profile',
  length: 'Length',
  lengthOf: (characters: number, parts: number) =>
    `${plural(characters, 'character')}, ${plural(parts, 'part')}`,
  site: 'Site',
  of: (shown: number, total: number) => `${shown.toLocaleString('en')} of ${total.toLocaleString('en')}`,
  panel: 'Message',
  canDo: 'What you can do.',
  problems: {
    'number-invalid': {
      text: 'There is no such number.',
      remedy: 'The guest may have mistyped it, and can type it again on the splash page.',
    },
    'number-unreachable': {
      text: 'The phone is off or out of reach.',
      remedy: 'Ask the guest to check the signal, and to ask for the code again.',
    },
    'opted-out': {
      text: 'This number has asked its carrier for no more texts.',
      remedy: 'The guest has to answer START to the last text before another one arrives.',
    },
    'region-blocked': {
      text: 'Your account may not send to this country.',
      remedy: 'Allow the country in the settings of your provider.',
    },
    filtered: {
      text: 'The carrier took it for spam.',
      remedy: 'Register your sender and your text with the provider.',
    },
    'sender-invalid': {
      text: 'The provider does not know the sender.',
      remedy: 'Check TWILIO_FROM, and that the number belongs to your account.',
    },
    account: {
      text: 'The provider does not accept your account.',
      remedy: 'Check its balance, and the account and token that are set.',
    },
    busy: { text: 'The provider was busy.', remedy: 'It is tried again by itself.' },
    unreachable: {
      text: 'The provider did not answer.',
      remedy: 'It is tried again by itself. Check that this server reaches the internet.',
    },
    unclear: { text: 'The provider gave no reason.', remedy: 'Its own log may say more.' },
  } as Record<string, { text: string; remedy: string }>,
}
