const numbers = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]
const spelt = (n: number) => numbers[n] ?? String(n)
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`

/** Every word a guest reads, in English. The other languages have the same keys and the same parameters. */
export const en = {
  lang: 'en',
  ownName: 'English',
  language: 'Language',
  privacy: 'Privacy',
  myDataLink: 'My data',
  back: 'Back',
  duration(seconds: number): string {
    if (seconds % 86_400 === 0) return `${spelt(seconds / 86_400)} day${seconds === 86_400 ? '' : 's'}`
    if (seconds % 3600 === 0) return `${spelt(seconds / 3600)} hour${seconds === 3600 ? '' : 's'}`
    return plural(Math.round(seconds / 60), 'minute')
  },
  minutes: (n: number) => plural(n, 'minute'),
  speed: (mbit: string) => `${mbit} Mbit/s`,
  wait(seconds: number): string {
    return seconds < 90
      ? 'in a minute'
      : seconds < 3600
        ? `in ${plural(Math.ceil(seconds / 60), 'minute')}`
        : `in ${plural(Math.ceil(seconds / 3600), 'hour')}`
  },
  splash: {
    title: (site: string) => `Free Wi-Fi at ${site}`,
    heading: 'Free Wi-Fi',
    plan: (time: string | undefined, speed: string | undefined) =>
      time
        ? `${capital(time)}${speed ? `, ${speed}` : ''}.`
        : speed
          ? `As long as you stay, ${speed}.`
          : 'As long as you stay.',
    phone: 'Mobile number',
    country: 'Country code',
    hint: 'We text you a 6-digit code.',
    needed: 'Needed to go online.',
    read: 'Read',
    readOf: (what: string) => `Read: ${what}`,
    version: (n: number) => `Version ${n}.`,
    fullText: (n: number) => `The full text, version ${n}`,
    optional: 'Optional. Everything works without it.',
    submit: 'Get the code',
    termsMissing: 'Tick this box to go on.',
  },
  phoneProblems: {
    missing: 'Type your mobile number.',
    length: (difference: number, calling: string, takes: number) => {
      const n = Math.abs(difference)
      const what = `${capital(spelt(n))} digit${n === 1 ? '' : 's'}`
      return difference < 0
        ? `${what} ${n === 1 ? 'is' : 'are'} missing: +${calling} takes ${takes}.`
        : `${what} too many: +${calling} takes ${takes}.`
    },
    invalid: 'There is no such number. Please check.',
    'not-mobile': 'We can only text mobile numbers.',
    country: 'We can’t text numbers of that country.',
    wait: (when: string) => `Too many codes. Try again ${when}.`,
    'sms-off': (when: string) => `No codes right now. Try again ${when}.`,
  },
  code: {
    title: (site: string) => `Enter the code: ${site} Wi-Fi`,
    heading: 'Enter the 6-digit code',
    sent: (at: string, until: string) => `Sent by text at ${at}. It works until ${until}.`,
    hint: 'Your phone may fill it in by itself.',
    change: 'Change',
    again: 'Send again',
    againFrom: (at: string) => `Again from ${at}`,
    againIn: 'Send again in ',
    noMore: 'No more codes for this number now.',
    sentAgain: 'Sent again, the same code.',
    newSent: 'A new code is on its way.',
    submit: 'Go online',
    reopen:
      'If this window closes while you look at your messages, join the Wi-Fi again: you come back to this page.',
    wrong: (left: number) =>
      `Not the right code. ${left === 1 ? 'One try' : `${capital(spelt(left))} tries`} left.`,
    shape: 'The code has 6 digits.',
    exhausted: 'Five wrong tries. Send a new code.',
    expired: 'This code has run out. Send a new one.',
    locked: 'Too many wrong tries today. Ask at the counter.',
  },
  release: {
    title: (site: string) => `One moment: ${site} Wi-Fi`,
    heading: 'One moment',
    intro: 'The access point is being told. This page goes on by itself.',
    confirmed: 'Number confirmed',
    known: 'Phone recognised',
    telling: 'Telling the access point',
    now: 'now',
    online: 'Online',
    usually: 'It usually takes two seconds.',
    go: 'Go on now',
    slowTitle: (site: string) => `The access point doesn’t answer: ${site} Wi-Fi`,
    slowHeading: 'The access point doesn’t answer',
    slowIntro: 'We try again every 10 seconds. You won’t be asked again.',
    tries: (n: number, at: string) => `${plural(n, 'try', 'tries')}, last ${at}`,
    youCan: 'What you can do',
    rejoin: ['Turn Wi-Fi off and on again, and rejoin ', '.'] as [string, string],
    show: 'If this page comes back, show it at the counter.',
    forShop: 'For the shop',
    accessPoint: 'Access point',
    heard: (name: string, at: string) => `${name}, last heard ${at}`,
    never: (name: string) => `${name}, never heard`,
    check: 'Check',
    checkPower: 'Power, then the cable to the router',
    checkRadius: 'Its RADIUS address and secret',
    reference: 'Reference',
    tryNow: 'Try again now',
  },
  online: {
    title: (site: string) => `Online: ${site} Wi-Fi`,
    heading: 'You’re online',
    until: (at: string) => `until ${at}`,
    speed: 'Speed',
    data: 'Data',
    noLimit: 'no limit',
    devices: 'Devices',
    devicesOf: (n: number) => `up to ${n}`,
    left: 'Left',
    leftOf: (parts: string[]) => parts.join(', '),
    offer: 'Offer of the day',
    continueTo: (host: string) => `Continue to ${host}`,
    next: 'Next time this phone goes online by itself.',
    nextTap: 'Next time one tap is enough.',
    close: 'You can close this page.',
  },
  welcome: {
    title: (site: string) => `Welcome back: ${site} Wi-Fi`,
    heading: 'Welcome back',
    submit: 'Go online',
    ending: (digits: string) => `Number ending in ${digits}`,
    notYou: 'Not you?',
  },
  refused: {
    title: (site: string) => `${site} Wi-Fi`,
    reference: 'Reference',
    ask: 'Ask',
    counter: 'At the counter',
    again: 'Try again',
    network: 'Network',
    onlineAgain: 'Online again',
    opens: 'Opens',
    signInAgain: 'Sign in again',
    closed: {
      heading: 'Wi-Fi is closed now',
      text: 'It opens with the shop. You needn’t type anything again then.',
    },
    'day-time': {
      heading: 'Today’s free time is used up',
      text: 'Every guest has some free time a day. Yours begins anew tomorrow.',
    },
    'day-volume': {
      heading: 'Today’s free data is used up',
      text: 'Every guest has some free data a day. Yours begins anew tomorrow.',
    },
    'month-time': {
      heading: 'This month’s free time is used up',
      text: 'Every guest has some free time a month. Yours begins anew next month.',
    },
    'month-volume': {
      heading: 'This month’s free data is used up',
      text: 'Every guest has some free data a month. Yours begins anew next month.',
    },
    volume: {
      heading: 'The data of this sign-in is used up',
      text: 'Sign in again to go on.',
    },
    balance: {
      heading: 'Your balance is used up',
      text: 'Top it up at the counter; this phone then goes online again at once.',
    },
    elsewhere: {
      heading: 'Join the shop’s Wi-Fi first',
      text: 'This page opens by itself once your phone has joined. From anywhere else it can’t let you online.',
    },
    stale: {
      heading: 'This page is out of date',
      text: 'Turn Wi-Fi off and on again. The page opens afresh, and you go on where you were.',
    },
    unsigned: {
      heading: 'The access point isn’t set up right',
      text: 'Its signature doesn’t match. You can’t do anything about it; please show this page at the counter.',
    },
    unregistered: {
      heading: 'This access point isn’t known here',
      text: 'The shop has to add it first. Please show this page at the counter.',
    },
    blocked: {
      heading: 'This phone can’t go online here',
      text: 'The shop has closed Wi-Fi for it. If you think that’s a mistake, the counter can open it again at once.',
    },
    devices: {
      heading: 'Too many devices at once',
      text: 'Other devices are online with your number. Turn Wi-Fi off on one of them, then try again.',
    },
    refused: {
      heading: 'The access point said no',
      text: 'Your number is right, but the access point didn’t let this phone on. Try once more, or show this page at the counter.',
    },
    fault: {
      heading: 'Something went wrong on our side',
      text: 'Nothing you typed is lost. Please try again in a moment.',
    },
    notFound: {
      heading: 'There is nothing here',
      text: 'The address is not one of ours. Check it, or ask at the counter.',
    },
  },
  terms: {
    title: (site: string) => `Terms and privacy: ${site} Wi-Fi`,
    heading: 'Terms and privacy',
    terms: 'Terms of use',
    offers: 'Offers',
    fingerprint: (version: number, hash: string) => `Version ${version}, fingerprint ${hash}.`,
    beside: 'This text stands beside your yes in our register.',
    who: 'Who',
    contact: (contact: string) => `Questions: ${contact}`,
  },
  myData: {
    title: (site: string) => `My data: ${site} Wi-Fi`,
    heading: 'My data',
    intro: (site: string) => `What ${site} holds about you. Shown because you signed in with this phone.`,
    introMasked: (site: string) =>
      `What ${site} holds about you. Parts are hidden, because this window hasn’t been proved by a code.`,
    prove: 'Prove my number to see all of it',
    closed: {
      heading: 'My data',
      text: 'Sign in to the Wi-Fi with your number first. What the shop holds about you then opens from the page that says you’re online.',
    },
    about: 'About you',
    phone: 'Mobile number',
    phoneFrom: (at: string) => `proved by a code, ${at}`,
    name: 'Name',
    noName: 'not held',
    visits: 'Visits',
    visitsOf: (n: number, last: string) => (n === 0 ? `none counted yet` : `${n}, last ${last}`),
    visitsFrom: 'from the access point',
    since: 'First seen',
    devices: 'Devices',
    devicesFrom: 'connected with your number',
    randomised: 'changes its address',
    agreed: 'What you agreed to',
    terms: 'Terms of use',
    offers: 'Offers by text',
    yes: (at: string, version: number) => `Yes, ${at}, version ${version}`,
    no: (at: string) => `No, ${at}`,
    withdrawn: (at: string) => `Withdrawn, ${at}`,
    neverAsked: 'Never asked',
    needed: 'Needed to be online',
    withdraw: 'Withdraw',
    allow: 'Allow',
    take: 'Take it or erase it',
    download: 'Download everything',
    downloadText: 'One file, JSON',
    downloadDo: 'Download',
    ask: 'Ask for a copy',
    askText: 'The shop sends it to you.',
    askDo: 'Ask',
    erase: 'Erase my data',
    eraseText:
      'The shop erases your name, number, notes and visits. By law it keeps when and from which device you were online for 6 months. You can still use the Wi-Fi.',
    eraseDo: 'Ask to erase',
    note: {
      export: 'The guest asks for a copy of their data (My data page).',
      erase: 'The guest asks to be erased (My data page).',
    },
    done: {
      withdraw: 'Withdrawn. You get no more offers.',
      allow: 'Thank you. You get offers by text.',
      export: 'Your wish for a copy is with the shop.',
      erase: 'Your wish to be erased is with the shop. You get an answer within 15 days.',
    },
  },
  sms: {
    code: (site: string, code: string) => `${site} Wi-Fi: ${code} is your code. It works for 10 minutes.`,
    short: (code: string) => `Wi-Fi code: ${code}`,
    balanceLow: (site: string, plan: string, left: string[]) =>
      `${site} Wi-Fi: ${left.join(' and ')} left of ${plan}. Top up at the counter to stay online.`,
    balanceEmpty: (site: string, plan: string) =>
      `${site} Wi-Fi: your ${plan} is used up. Top up at the counter to go online again.`,
  },
}

export type Words = typeof en
