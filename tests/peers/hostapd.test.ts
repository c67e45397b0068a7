import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describePeer, type Product, run, setUpTeahouse, startProduct } from './product.ts'

/** hostapd as a wired NAS (802.1X by its own EAP server), its accounting and its dynamic authorization server. */
const ns = { product: 'dm-product', nas: 'dm-nas', station: 'dm-station' }
const secret = 'a-radius-secret-of-this-test'
const station = '02:5a:00:00:00:07'

describePeer(
  'A station on a real hostapd NAS',
  { ip: 'iproute2', hostapd: 'hostapd', wpa_supplicant: 'wpasupplicant', curl: 'curl' },
  () => {
    const work = mkdtempSync(join(tmpdir(), 'doorman-hostapd-'))
    const running: ChildProcess[] = []
    let product: Product
    let apiKey: string
    let nasId: string

    beforeAll(async () => {
      await run(hosts)
      writeFileSync(join(work, 'eap_users'), '"alice" MD5 "wonderland"\n')
      writeFileSync(join(work, 'hostapd.conf'), hostapdConfig(work))
      writeFileSync(join(work, 'wpa.conf'), wpaConfig(work))
      product = await startProduct({ netns: ns.product, port: 8080 })
      const made = await setUpTeahouse(product, {
        '--gateway': 'uam',
        '--nas-address': '198.51.100.2',
        '--nas-secret': secret,
        '--nas-identifier': 'wired-nas-1',
      })
      apiKey = made.apiKey
      nasId = made.nasId
    }, 90_000)

    afterAll(async () => {
      for (const child of running) child.kill('SIGTERM')
      await product?.stop()
      await run(
        Object.values(ns)
          .map((name) => `ip netns del ${name} 2>/dev/null || true`)
          .join('; '),
      )
      rmSync(work, { recursive: true, force: true })
    }, 30_000)

    it('is counted from its Start, is thrown out by our Disconnect-Request, and its Stop closes the session', async () => {
      start(ns.nas, ['hostapd', join(work, 'hostapd.conf')])
      await new Promise((resolve) => setTimeout(resolve, 1000))
      join802()
      await expect.poll(async () => (await sessions()).length, { timeout: 20_000 }).toBe(1)
      const [online] = await sessions()
      expect(online).toMatchObject({ nasId, stoppedAt: null })
      const first = online?.updatedAt ?? ''
      await expect
        .poll(async () => ((await sessions())[0]?.updatedAt ?? '') > first, { timeout: 10_000 })
        .toBe(true)

      const answer = await api<{ disconnect: string }>(`/sessions/${online?.id}/disconnect`, 'POST')
      expect(answer.disconnect).toBe('acknowledged')
      // This hostapd gives no Acct-Terminate-Cause with that Stop, so only the end itself can be asked for.
      const stoppedAt = async () =>
        (await sessions('false')).find((session) => session.id === online?.id)?.stoppedAt
      await expect.poll(stoppedAt, { timeout: 10_000 }).toBeTruthy()
    }, 60_000)

    it('leaves nothing open behind when the NAS is switched off', async () => {
      // On a wire nobody tells the station that it was thrown out, so it is plugged in again, once hostapd has
      // forgotten it (AP_MAX_INACTIVITY_AFTER_DEAUTH, 5 s).
      await end(running.pop())
      await new Promise((resolve) => setTimeout(resolve, 6000))
      join802()
      await expect.poll(async () => (await sessions()).length, { timeout: 30_000 }).toBe(1)
      await end(running[0])
      await expect.poll(async () => (await sessions()).length, { timeout: 10_000 }).toBe(0)
    }, 60_000)

    const start = (netns: string, words: string[]) =>
      running.push(spawn('ip', ['netns', 'exec', netns, ...words], { stdio: 'ignore' }))
    const join802 = () =>
      start(ns.station, ['wpa_supplicant', '-D', 'wired', '-i', 'sta0', '-c', join(work, 'wpa.conf')])
    const end = async (child: ChildProcess | undefined) => {
      if (!child || child.exitCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }
    type Session = {
      id: string
      nasId: string
      updatedAt: string
      stoppedAt: string | null
      terminateCause: string | null
    }
    const sessions = async (active = 'true') =>
      (await api<{ items: Session[] }>(`/sessions?active=${active}`)).items
    const api = async <T>(path: string, method = 'GET') =>
      JSON.parse(
        await run(
          `curl -s -m 15 -X ${method} -H 'Authorization: Bearer ${apiKey}' 'http://127.0.0.1:8080/api/v1${path}'`,
          { netns: ns.product },
        ),
      ) as T
  },
)

const hosts = `set -e
${Object.values(ns)
  .map(
    (name) => `ip netns del ${name} 2>/dev/null || true; ip netns add ${name}; ip -n ${name} link set lo up`,
  )
  .join('\n')}
ip link add up0 netns ${ns.product} type veth peer name up0 netns ${ns.nas}
ip link add ap0 netns ${ns.nas} type veth peer name sta0 netns ${ns.station}
ip -n ${ns.product} addr add 198.51.100.1/24 dev up0; ip -n ${ns.product} link set up0 up
ip -n ${ns.nas} addr add 198.51.100.2/24 dev up0; ip -n ${ns.nas} link set up0 up
ip -n ${ns.nas} addr add 203.0.113.1/24 dev ap0; ip -n ${ns.nas} link set ap0 up
ip -n ${ns.station} link set sta0 address ${station}
ip -n ${ns.station} addr add 203.0.113.2/24 dev sta0; ip -n ${ns.station} link set sta0 up`

const hostapdConfig = (work: string) => `interface=ap0
driver=wired
ieee8021x=1
eap_reauth_period=0
use_pae_group_addr=1
eap_server=1
eap_user_file=${join(work, 'eap_users')}
own_ip_addr=198.51.100.2
nas_identifier=wired-nas-1
acct_server_addr=198.51.100.1
acct_server_port=1813
acct_server_shared_secret=${secret}
radius_acct_interim_interval=2
radius_das_port=3799
radius_das_client=198.51.100.1 ${secret}
radius_das_time_window=300
radius_das_require_event_timestamp=1
radius_das_require_message_authenticator=1
`

const wpaConfig = (work: string) => `ctrl_interface=${join(work, 'wpa')}
ap_scan=0
eapol_version=2
network={
  key_mgmt=IEEE8021X
  eap=MD5
  identity="alice"
  password="wonderland"
  eapol_flags=0
}
`
