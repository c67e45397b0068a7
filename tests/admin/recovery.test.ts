import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recoverAccount } from '../../db/staff/recovery.ts'
import { openPanel, type Panel } from './wing.ts'

describe('An owner who lost the password', () => {
  let panel: Panel
  let business: Awaited<ReturnType<Panel['openBusiness']>>
  beforeAll(async () => {
    panel = await openPanel()
    business = await panel.openBusiness()
  })
  afterAll(() => panel.close())
  const recover = (password: string, email = business.email) =>
    recoverAccount(panel.db, { email, password, dropSecondFactor: true }, panel.clock.now)

  it('gets a new one on the server; the old one, its sessions and the wait after wrong tries are gone', async () => {
    const tablet = panel.browser()
    expect((await tablet.signIn(business.email)).status).toBe(200)
    const thief = panel.browser()
    for (let tries = 0; tries < 6; tries++) await thief.signIn(business.email, 'not my password')
    expect((await panel.browser().signIn(business.email)).status).toBe(429)

    expect(await recover('four red teapots')).toEqual({ sessionsEnded: 1 })
    expect((await tablet.api('GET /me')).status).toBe(401)
    expect((await panel.browser().signIn(business.email)).status).toBe(401)
    const owner = panel.browser()
    expect((await owner.signIn(business.email, 'four red teapots')).status).toBe(200)
    const log = await owner.api('GET /audit')
    expect((log.json as { items: { action: string }[] }).items.map(({ action }) => action)).toContain(
      'staff.password-reset',
    )
  })

  it('is told what is wrong with an address nobody has or a password too short', async () => {
    await expect(recover('four red teapots', 'nobody@qinglan.example')).rejects.toThrow('account.not-found')
    await expect(recover('short')).rejects.toThrow('account.invalid-password')
  })
})
