import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openBrowser } from '../support/chromium.ts'
import { describePeer, node, type Product, run, setUpTeahouse, startProduct } from './product.ts'

/** One shop: the product, an openNDS 9.10 gateway, a guest's phone and a server of the internet, each its own host. */
const ns = { product: 'dm-product', gateway: 'dm-gateway', phone: 'dm-phone', internet: 'dm-internet' }
const phoneMac = '02:5a:00:00:00:01'
const faskey = 'a-fas-key-of-this-test'
const address = {
  product: '203.0.113.2',
  internet: '203.0.113.130',
  gateway: '192.168.55.1',
  phone: '192.168.55.10',
}

describePeer(
  'A guest behind a real openNDS gateway',
  { ip: 'iproute2', opennds: 'opennds', iptables: 'iptables', curl: 'curl', chromium: 'chromium' },
  () => {
    const work = mkdtempSync(join(tmpdir(), 'doorman-opennds-'))
    const running: ChildProcess[] = []
    let product: Product
    let apiKey: string
    let browser: Browser | undefined

    beforeAll(async () => {
      await run(hosts)
      await furnish(work)
      product = await startProduct({
        netns: ns.product,
        port: 8080,
        env: { PUBLIC_URL: `http://${address.product}:8080`, HOST: '0.0.0.0' },
      })
      const made = await setUpTeahouse(product, {
        '--gateway': 'opennds',
        '--nas-address': '203.0.113.1',
        '--nas-secret': faskey,
      })
      apiKey = made.apiKey
      running.push(
        spawn('ip', ['netns', 'exec', ns.internet, node, '-e', theInternet], { stdio: 'ignore' }),
        spawn('ip', ['netns', 'exec', ns.gateway, 'sh', '-c', startGateway(work)], { stdio: 'ignore' }),
      )
      await vi.waitFor(async () => expect(await status()).toMatch(/^307/), { timeout: 20_000, interval: 500 })
    }, 120_000)

    afterAll(async () => {
      await browser?.close()
      for (const child of running) child.kill('SIGTERM')
      await product?.stop()
      await run(
        Object.values(ns)
          .map((name) => `ip netns del ${name} 2>/dev/null || true`)
          .join('; '),
      )
      rmSync(work, { recursive: true, force: true })
    }, 60_000)

    it('is captured, signs in by SMS in a browser without scripts, reaches the internet and stands on file', async () => {
      expect(await status()).toMatch(/^307 http:\/\/203\.0\.113\.2:8080\/s\/tea\?fas=/)
      const launcher = join(work, 'chromium.sh')
      writeFileSync(launcher, `#!/bin/sh\nexec ip netns exec ${ns.phone} /usr/bin/chromium "$@"\n`)
      chmodSync(launcher, 0o755)
      browser = await openBrowser(launcher)
      const page = await (await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' })).newPage()
      await page.goto(`http://${address.internet}/`)
      expect(await page.getAttribute('body', 'data-step')).toBe('splash')
      await page.fill('input[name=phone]', '138 0013 8000')
      await page.check('input[name=terms]')
      await page.click('form button[type=submit]')
      expect(await page.getAttribute('body', 'data-step')).toBe('code')
      await page.fill('input[name=code]', await codeFor('+8613800138000'))
      await page.click('#enter .btn')
      await expect
        .poll(() => page.getAttribute('body', 'data-step').catch(() => null), { timeout: 15_000 })
        .toBe('online')
      expect(await status()).toBe('200 ')
      expect(await run(`curl -s -m 5 http://${address.internet}/`, { netns: ns.phone })).toContain(
        'the internet',
      )

      const { items } = await api<{
        items: { visitCount: number; phone: string; consents: { marketing: boolean } }[]
      }>('/guests')
      expect(items).toHaveLength(1)
      expect(items[0]).toMatchObject({ visitCount: 1, consents: { marketing: false } })
      expect(items[0]?.phone).toContain('****')
    }, 60_000)

    it('is captured again once the gateway lets go of it, and comes back with one tap', async () => {
      await run(`nsenter -m -n -t ${running[1]?.pid} ndsctl deauth ${phoneMac}`)
      await expect.poll(() => status(), { timeout: 10_000 }).toMatch(/^307/)
      const page = await (browser as Browser).newPage({ javaScriptEnabled: false, locale: 'zh-CN' })
      await page.goto(`http://${address.internet}/`)
      const forms = await page.locator('form button[type=submit], a#release').count()
      expect(forms).toBeGreaterThan(0)
      await page.locator('main form button[type=submit], a#release').first().click()
      await expect
        .poll(() => page.getAttribute('body', 'data-step').catch(() => null), { timeout: 15_000 })
        .toBe('online')
      expect(await status()).toBe('200 ')
      const { items } = await api<{ items: unknown[] }>(`/outbox`)
      expect(items).toHaveLength(1)
    }, 60_000)

    const status = () =>
      run(`curl -s -m 5 -o /dev/null -w '%{http_code} %{redirect_url}' http://${address.internet}/`, {
        netns: ns.phone,
      }).catch((error: Error) => error.message)
    const api = async <T>(path: string) =>
      JSON.parse(
        await run(
          `curl -sf -m 5 -H 'Authorization: Bearer ${apiKey}' 'http://127.0.0.1:8080/api/v1${path}'`,
          { netns: ns.product },
        ),
      ) as T
    const codeFor = async (to: string) => {
      const read = async () =>
        (
          await api<{ items: { text: string }[] }>(`/outbox?to=${encodeURIComponent(to)}`)
        ).items[0]?.text.match(/\b\d{6}\b/)?.[0]
      await expect.poll(read, { timeout: 10_000 }).toBeTruthy()
      return (await read()) as string
    }
  },
)

const hosts = `set -e
${Object.values(ns)
  .map(
    (name) => `ip netns del ${name} 2>/dev/null || true; ip netns add ${name}; ip -n ${name} link set lo up`,
  )
  .join('\n')}
ip link add up0 netns ${ns.product} type veth peer name gwp netns ${ns.gateway}
ip link add up0 netns ${ns.internet} type veth peer name gwi netns ${ns.gateway}
ip link add wifi0 netns ${ns.phone} type veth peer name ap0 netns ${ns.gateway}
link() { ip -n "$1" addr add "$3" dev "$2"; ip -n "$1" link set "$2" up; }
link ${ns.product} up0 ${address.product}/26; link ${ns.gateway} gwp 203.0.113.1/26
link ${ns.internet} up0 ${address.internet}/26; link ${ns.gateway} gwi 203.0.113.129/26
ip -n ${ns.phone} link set wifi0 address ${phoneMac}
link ${ns.phone} wifi0 ${address.phone}/24; link ${ns.gateway} ap0 ${address.gateway}/24
ip -n ${ns.phone} route add default via ${address.gateway}
ip -n ${ns.product} route add default via 203.0.113.1
ip -n ${ns.internet} route add default via 203.0.113.129
ip -n ${ns.gateway} route add default via ${address.internet}
ip netns exec ${ns.gateway} sysctl -qw net.ipv4.ip_forward=1`

/**
 * What openNDS finds where it looks: a lease of the phone (without one it answers 403), iptables that speak the legacy
 * tongue (the other refuses its chains), and no service manager whose dnsmasq it could restart.
 */
async function furnish(work: string) {
  mkdirSync(join(work, 'tmp/bin'), { recursive: true })
  for (const name of ['iptables', 'ip6tables'])
    symlinkSync(`/usr/sbin/${name}-legacy`, join(work, 'tmp/bin', name))
  for (const name of ['systemctl', 'service']) symlinkSync('/bin/true', join(work, 'tmp/bin', name))
  writeFileSync(join(work, 'tmp/opennds.conf'), gatewayConfig)
  writeFileSync(join(work, 'tmp/dnsmasq.conf'), '')
  writeFileSync(join(work, 'tmp/dhcp.leases'), `1999999999 ${phoneMac} ${address.phone} phone *\n`)
}

const theInternet = "require('node:http').createServer((_, to) => to.end('the internet')).listen(80)"

/** `ip netns exec` gives a mount table of its own, so the gateway's /tmp can be its own too. */
const startGateway = (work: string) => `mount --bind ${work}/tmp /tmp
[ ! -e /etc/dnsmasq.conf ] || mount --bind /tmp/dnsmasq.conf /etc/dnsmasq.conf
PATH=/tmp/bin:$PATH exec opennds -c /tmp/opennds.conf -f -d 1`

const gatewayConfig = `GatewayInterface ap0
GatewayName Counter
GatewayFQDN disable
fasport 8080
fasremoteip ${address.product}
faspath /s/tea
fas_secure_enabled 1
faskey ${faskey}
FirewallRuleSet authenticated-users {
 FirewallRule allow all
}
FirewallRuleSet users-to-router {
 FirewallRule allow udp port 53
 FirewallRule allow udp port 67
}
`
