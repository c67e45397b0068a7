import { portOf, quoted, type SetupTextOf } from './setup-text.ts'

/**
 * CoovaChilli: /etc/chilli/config as its packages read it (a shell file of HS_ variables), and the same for OpenWrt.
 * https://coova.github.io/CoovaChilli/chilli.conf(5).html
 */
export const uamText: SetupTextOf = (filling) => {
  const { portalUrl, server, words, secret, portalSecret, nasIdentifier } = filling
  const interim = String(filling.acctInterimIntervalSeconds)
  const hs: [string, string | null][] = [
    ['HS_NASID', nasIdentifier],
    ['HS_RADIUS', server],
    ['HS_RADIUS2', server],
    ['HS_RADSECRET', secret],
    ['HS_RADAUTH', String(filling.authPort)],
    ['HS_RADACCT', String(filling.acctPort)],
    ['HS_UAMSERVER', portalUrl.hostname],
    ['HS_UAMFORMAT', portalUrl.href],
    ['HS_UAMSECRET', portalSecret],
    ['HS_UAMALLOW', portalUrl.hostname],
    ['HS_MACAUTH', filling.macAuth ? 'on' : null],
    ['HS_COAPORT', String(filling.coaPort)],
    ['HS_DEFINTERIMINTERVAL', interim],
  ]
  const uci: [string, string | null][] = [
    ['radiusnasid', nasIdentifier],
    ['radiusserver1', server],
    ['radiusserver2', server],
    ['radiussecret', secret],
    ['radiusauthport', String(filling.authPort)],
    ['radiusacctport', String(filling.acctPort)],
    ['uamserver', portalUrl.href],
    ['uamsecret', portalSecret],
    ['uamallowed', portalUrl.hostname],
    ['macauth', filling.macAuth ? '1' : null],
    ['coaport', String(filling.coaPort)],
    ['definteriminterval', interim],
  ]
  const isSet = (row: [string, string | null]): row is [string, string] => row[1] !== null
  return {
    steps: [
      {
        title: 'radius-config',
        file: '/etc/chilli/config',
        language: 'sh',
        text: hs
          .filter(isSet)
          .map(([name, value]) => `${name}=${quoted(value)}`)
          .join('\n'),
      },
      { title: 'restart', file: null, language: 'sh', text: 'service chilli restart' },
      {
        title: 'uci',
        file: null,
        language: 'sh',
        text: [
          ...uci.filter(isSet).map(([name, value]) => `uci set chilli.@chilli[0].${name}=${quoted(value)}`),
          'uci commit chilli && service chilli restart',
        ].join('\n'),
      },
    ],
    values: [
      { name: words.portal, value: portalUrl.href, secret: false },
      { name: words.radiusServer, value: server, secret: false },
      { name: words.authPort, value: String(filling.authPort), secret: false },
      { name: words.acctPort, value: String(filling.acctPort), secret: false },
      { name: words.secret, value: secret, secret: true },
      ...(portalSecret ? [{ name: words.uamSecret, value: portalSecret, secret: true }] : []),
      { name: words.nasIdentifier, value: nasIdentifier, secret: false },
      { name: words.coaPort, value: String(filling.coaPort), secret: false },
      { name: words.interim, value: interim, secret: false },
      { name: words.garden, value: `${portalUrl.hostname}:${portOf(portalUrl)}`, secret: false },
    ],
  }
}
