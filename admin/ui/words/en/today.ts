import { ordinal, plural } from './plural.ts'

export const today = {
  title: 'Today',
  about: (day: string, time: string, weekday: string) => `${day}, ${time}, compared with last ${weekday}`,
  gateways: (answering: number, total: number) =>
    answering === total
      ? total === 1
        ? 'The gateway answers'
        : `All ${total} gateways answer`
      : answering === 0
        ? 'No gateway answers'
        : `${answering} of ${total} gateways ${answering === 1 ? 'answers' : 'answer'}`,
  noGateway: 'No gateway yet',
  numbers: {
    onlineNow: 'Online now',
    guests: 'Guests',
    new: 'New',
    returning: 'Returning',
    agreedToOffers: 'Agreed to offers',
    agreedShort: 'Agreed',
    toOnline: 'Median time to online',
    toOnlineShort: 'Time to online',
  },
  ofNew: (n: string) => `of ${n} new`,
  secondsUnit: 's',
  from: (before: string, _weekday: string) => `from ${before}`,
  nothingBefore: 'nothing to compare yet',
  notMeasured: 'none yet',
  inShop: 'In the shop now',
  inShopAbout: (guests: number, regulars: number) =>
    `${plural(guests, 'guest')}${regulars ? `, ${plural(regulars, 'regular')}` : ''}`,
  latestFirst: 'latest first',
  nobody: 'Nobody is online at the moment. Whoever comes in appears here by itself.',
  nth: (n: number) => ordinal(n),
  regular: 'Regular',
  cameIn: (who: string) => `${who} just came in`,
  showAllHere: (n: number) => `Show all ${n}`,
  earlier: (n: number) =>
    n === 1 ? 'One more guest came and went earlier today' : `${n} more guests came and went earlier today`,
  noneEarlier: 'Nobody has left yet today',
  toGuests: 'All guests, last seen first',
  hints: {
    birthdayToday: 'Birthday today',
    birthdayTomorrow: 'Birthday tomorrow',
    birthdayOn: (day: string) => `Birthday on ${day}`,
    complaintToday: (time: string) => `Complaint open since ${time}`,
    complaintYesterday: 'Complaint open since yesterday',
    complaintSince: (day: string) => `Complaint open since ${day}`,
    backAfter: (days: number) => `First visit in ${plural(days, 'day')}`,
    backSoon: (days: number) =>
      days < 1 ? 'Back on the same day' : days === 1 ? 'Here yesterday too' : `Back within ${days} days`,
    milestone: (n: number) => `${ordinal(n)} visit`,
    firstVisit: 'First visit',
    firstVisitAgreed: 'First visit. Agreed to offers',
    noName: (n: number) => `${ordinal(n)} visit, no name yet`,
  },
  due: 'Due today',
  nothingDue: 'Nothing is due: no complaint is open, every gateway answers, no birthday in ten days.',
  complaints: 'Complaint, 24 h clock',
  left: (time: string) => `${time} left`,
  over: (time: string) => `${time} over`,
  used: (time: string) => `${time} of 24 h used`,
  silent: 'Silent gateway',
  silentSince: (time: string) => `since ${time}`,
  silentHelp: (time: string) => `No packet for ${time}. Check its power`,
  neverHeard: 'not heard yet',
  neverHelp: 'No packet so far. See its set-up',
  birthdays: 'Birthdays, 10 days',
  birthdayIsToday: 'today',
  moreDue: (n: number) => `${n} more`,
  heat: {
    title: 'Visits by hour and weekday',
    about: (weeks: number) => (weeks === 1 ? 'of the last week' : `average of the last ${weeks} weeks`),
    show: 'Show numbers',
    legend: 'visits an hour, from',
    arrived: 'Arrived from',
    aDay: 'Visits a day',
    week: 'Week',
    cell: (weekday: string, hour: number, visits: string) =>
      `${weekday} ${hour}–${hour + 1} h: ${visits} ${visits === '1' ? 'visit' : 'visits'}`,
    foot: 'Outlined: this hour. Point at a cell or move with the arrow keys for its value.',
  },
  empty: {
    title: 'The first guest has not come in yet',
    text: 'Everyone who goes online through your splash page appears here within seconds, with the number of the visit and what to say. By tomorrow the numbers compare with today, and after a week you see your busy hours.',
    sites: 'Connect an access point',
    splash: 'Open the splash page',
    gateways: 'Gateways',
    sms: 'SMS',
    outbox: 'test outbox, codes show under Messages',
    smsBy: (provider: string) => `sent by ${provider}`,
    none: 'none has been added yet',
    heard: (answering: number, total: number) =>
      answering === 0 ? 'added, none answers yet' : `${answering} of ${total} answer`,
    withoutDevice: 'Without hardware',
  },
}
