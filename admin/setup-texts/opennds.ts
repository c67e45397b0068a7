import { portOf, quoted, type SetupTextOf } from './setup-text.ts'

/**
 * openNDS, FAS level 1: `uci` lines for OpenWrt, and opennds.conf where 9.10 reads a file (Debian and others).
 * https://opennds.readthedocs.io/en/stable/config.html
 *
 * Its firewall lets guests through to `fasremoteip` only, which has to be what `fasremotefqdn` resolves to. Level 1
 * sends guests by http, whatever the portal's scheme: where that is https, port 80 has to lead there, and 443 is
 * opened for who is not signed in yet.
 *
 * The FAS key is the portal secret where there is one, else the shared secret: openNDS speaks no RADIUS.
 */
export const openndsText: SetupTextOf = (filling) => {
  const { portalUrl, server, words, nasIdentifier } = filling
  const key = filling.portalSecret ?? filling.secret
  const isName = !/^[0-9.]+$/.test(server)
  const isTls = portalUrl.protocol === 'https:'
  const port = isTls ? '80' : portOf(portalUrl)
  // A name that this machine can not resolve is left for the reader to fill in.
  const address = filling.serverAddress ?? `IPv4-address-of-${server}`
  const settings: [string, string][] = [
    ['fas_secure_enabled', '1'],
    ['fasremoteip', address],
    ...(isName ? [['fasremotefqdn', server] as [string, string]] : []),
    ['fasport', port],
    ['faspath', portalUrl.pathname],
    ['faskey', key],
  ]
  const tlsRule = `allow tcp port ${portOf(portalUrl)} to ${address}`
  const set = (name: string, value: string) => `uci set opennds.@opennds[0].${name}=${quoted(value)}`
  return {
    steps: [
      {
        title: 'uci',
        file: null,
        language: 'sh',
        text: [
          set('gatewayname', nasIdentifier),
          ...settings.map(([name, value]) => set(name, value)),
          ...(isTls ? [`uci add_list opennds.@opennds[0].preauthenticated_users=${quoted(tlsRule)}`] : []),
          'uci commit opennds && service opennds restart',
        ].join('\n'),
      },
      {
        title: 'conf',
        file: '/etc/opennds/opennds.conf',
        language: 'conf',
        text: [
          `GatewayName ${nasIdentifier}`,
          ...settings.map(([name, value]) => `${name} ${value}`),
          ...(isTls ? ['FirewallRuleSet preauthenticated-users {', `  FirewallRule ${tlsRule}`, '}'] : []),
        ].join('\n'),
      },
      { title: 'restart', file: null, language: 'sh', text: 'service opennds restart' },
    ],
    values: [
      { name: words.fasServer, value: isName ? `${server} (${address})` : server, secret: false },
      { name: words.fasPort, value: port, secret: false },
      { name: words.fasPath, value: portalUrl.pathname, secret: false },
      { name: words.fasLevel, value: '1', secret: false },
      { name: words.fasKey, value: key, secret: true },
    ],
  }
}
