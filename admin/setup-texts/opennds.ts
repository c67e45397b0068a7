import { portOf, quoted, type SetupTextOf } from './setup-text.ts'

/**
 * openNDS, FAS level 1: `uci` lines for OpenWrt, and opennds.conf where 9.10 reads a file (Debian and others).
 * https://opennds.readthedocs.io/en/stable/config.html
 *
 * The FAS key is the portal secret where there is one, else the shared secret: openNDS speaks no RADIUS.
 */
export const openndsText: SetupTextOf = (filling) => {
  const { portalUrl, server, words, nasIdentifier } = filling
  const key = filling.portalSecret ?? filling.secret
  const isName = !/^[0-9.]+$/.test(server)
  const port = portOf(portalUrl)
  const set = (name: string, value: string) => `uci set opennds.@opennds[0].${name}=${quoted(value)}`
  return {
    steps: [
      {
        title: 'uci',
        file: null,
        language: 'sh',
        text: [
          set('gatewayname', nasIdentifier),
          set('fas_secure_enabled', '1'),
          isName ? set('fasremotefqdn', server) : set('fasremoteip', server),
          set('fasport', port),
          set('faspath', portalUrl.pathname),
          set('faskey', key),
          'uci commit opennds && service opennds restart',
        ].join('\n'),
      },
      {
        title: 'conf',
        file: '/etc/opennds/opennds.conf',
        language: 'conf',
        text: [
          `GatewayName ${nasIdentifier}`,
          'fas_secure_enabled 1',
          isName ? `fasremotefqdn ${server}` : `fasremoteip ${server}`,
          `fasport ${port}`,
          `faspath ${portalUrl.pathname}`,
          `faskey ${key}`,
        ].join('\n'),
      },
      { title: 'restart', file: null, language: 'sh', text: 'service opennds restart' },
    ],
    values: [
      { name: words.fasServer, value: server, secret: false },
      { name: words.fasPort, value: port, secret: false },
      { name: words.fasPath, value: portalUrl.pathname, secret: false },
      { name: words.fasLevel, value: '1', secret: false },
      { name: words.fasKey, value: key, secret: true },
    ],
  }
}
