/** What is wrong with a gateway, and what to do. `family` is its name as people know it. */
export const gateways = {
  problems: {
    'bad-auth-secret': {
      text: 'The shared secret is wrong. What this gateway asks is not answered, so nobody gets online by it.',
      remedy: 'Copy the secret here and type it again into the RADIUS authentication entry of the gateway.',
    },
    'bad-acct-secret': {
      text: 'The accounting secret is wrong. Guests get online, but their visits are not counted.',
      remedy:
        'Many gateways keep a second secret for accounting. Copy the secret here and type it there as well.',
    },
    'no-message-authenticator': {
      text: 'Its requests come without a Message-Authenticator, so they could be forged on the way (CVE-2024-3596).',
      remedy: 'Update the firmware of the gateway. Then set Message-Authenticator to “always required” here.',
    },
    'bad-message-authenticator': {
      text: 'The Message-Authenticator of its requests does not fit, so they are not answered.',
      remedy:
        'Type the shared secret again. If it is right, something between the gateway and here changes packets.',
    },
    malformed: {
      text: 'Some of its packets can not be read and are dropped.',
      remedy:
        'Update its firmware. If it goes on, something else may be sending to this port from its address.',
    },
    clock: {
      text: 'Its clock is wrong, so the times of its visits are taken from this server.',
      remedy: 'Let the gateway set its clock by a time server (NTP).',
    },
    silent: {
      text: 'Nothing has come from it for longer than it should take.',
      remedy: 'Check its power and its cable, and that it still reaches this server by UDP 1812 and 1813.',
    },
    'silent-portal': {
      text: 'It has sent no guest for longer than usual.',
      remedy:
        'Check its power and its cable, and join its network with a phone: the page should open by itself.',
    },
    'message-authenticator-off': {
      text: 'Message-Authenticator is switched off for this gateway: its requests could be forged on the way (CVE-2024-3596).',
      remedy: 'Switch it to “expected once it was seen” unless this device can not send it.',
    },
    other: {
      text: 'Something about its packets is not right.',
      remedy: 'Run “doctor” on the server; it looks at everything and says what to do.',
    },
  },
  values: {
    portal: 'Portal page',
    radiusServer: 'RADIUS server',
    authPort: 'Authentication port',
    acctPort: 'Accounting port',
    secret: 'Shared secret',
    uamSecret: 'UAM secret',
    fasKey: 'FAS key',
    fasServer: 'FAS server',
    fasPort: 'FAS port',
    fasPath: 'FAS path',
    fasLevel: 'FAS secure level',
    nasIdentifier: 'NAS-Identifier',
    coaPort: 'Disconnect and CoA port',
    interim: 'Interim updates, in seconds',
    garden: 'Walled garden',
  },
}

export type GatewayWords = typeof gateways
