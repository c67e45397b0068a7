import { chromium } from 'playwright-core'

/** Chromium as the system has it, with nothing of its own to say to anybody; `launcher` starts it elsewhere. */
export const openBrowser = (launcher = '/usr/bin/chromium') =>
  chromium.launch({
    executablePath: launcher,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
