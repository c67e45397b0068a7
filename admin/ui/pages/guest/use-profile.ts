import { useEffect, useRef, useState } from 'preact/hooks'
import type { Guest, GuestProfile } from '../../../api/schemas/guests.ts'
import type { DisconnectResult, LimitsInput } from '../../../api/schemas/sessions.ts'
import { useAsk } from '../../ask.ts'
import { call, Failure } from '../../call.ts'
import { toast } from '../../parts/toast.tsx'
import { useWords } from '../../words/index.ts'
import { useReveals } from './use-reveals.ts'

export type Profile = ReturnType<typeof useProfile>

/** One guest and all that can be done to them. Each change says what was done and, where it can, how to undo it. */
export function useProfile(id: string, onChange?: (guest: Guest) => void) {
  const { guest: w, shared } = useWords()
  const asked = useAsk('GET /guests/:id', { params: { id }, everyMs: 15_000 })
  const reveals = useReveals(id, () => asked.data, asked.put)
  /** Counts up with every change, so that the timeline is asked anew. */
  const [version, setVersion] = useState(0)
  const told = useRef(onChange)
  told.current = onChange
  useEffect(() => {
    if (asked.data) told.current?.(asked.data)
  }, [asked.data])

  /** Does one thing; says what went wrong where it did. */
  const attempt = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await act()
      setVersion((n) => n + 1)
      return answer
    } catch (error) {
      const message = error instanceof Failure && error.message ? error.message : shared.failed.unreachable
      toast(message, { bad: true })
      return undefined
    }
  }
  const change = async (body: {
    name?: string | null
    blocked?: boolean
  }): Promise<GuestProfile | undefined> => {
    const answer = await attempt(() => call('PATCH /guests/:id', { params: { id }, body }))
    if (answer) asked.put(answer)
    return answer
  }

  const rename = async (name: string | null): Promise<boolean> => {
    const before = asked.data?.name ?? null
    if (name === before) return true
    if (!(await change({ name }))) return false
    toast(name ? w.renamed(name) : w.nameTaken, { undo: () => change({ name: before }) })
    return true
  }
  const setBlocked = async (blocked: boolean) => {
    if (!(await change({ blocked }))) return
    toast(blocked ? w.blockedNow : w.unblockedNow, { undo: () => change({ blocked: !blocked }) })
  }
  const markContact = async (identityId: string, wrong: boolean, reason?: string) => {
    const mark = (wrong: boolean, reason?: string) =>
      attempt(() =>
        call('PATCH /guests/:id/identities/:identityId', {
          params: { id, identityId },
          body: { wrong, ...(reason && { reason }) },
        }),
      )
    const before = asked.data?.identities.find((one) => one.id === identityId)?.wrongReason ?? undefined
    const answer = await mark(wrong, reason)
    if (!answer) return false
    asked.put(answer)
    toast(wrong ? w.contacts.marked : w.contacts.unmarked, {
      undo: async () => {
        const back = await mark(!wrong, before)
        if (back) asked.put(back)
      },
    })
    return true
  }
  const withdrawOffers = async () => {
    const answer = await attempt(() =>
      call('POST /guests/:id/consents/withdraw', { params: { id }, body: { purpose: 'marketing' } }),
    )
    if (!answer) return
    asked.put(answer)
    toast(w.consents.withdrawn)
  }
  const forgetDevice = async (deviceId: string) => {
    const answer = await attempt(() =>
      call('DELETE /guests/:id/devices/:deviceId', { params: { id, deviceId } }),
    )
    if (!answer) return
    toast(w.devices.forgotten)
    await asked.again()
  }
  const disconnect = async (sessionId: string) => {
    const answer: DisconnectResult | undefined = await attempt(() =>
      call('POST /sessions/:id/disconnect', { params: { id: sessionId } }),
    )
    if (!answer) return
    toast(w.devices.disconnected[answer.disconnect] + why(answer), {
      bad: answer.disconnect !== 'acknowledged',
    })
    await asked.again()
  }
  /** Throws where it is refused: the form that asked shows why. */
  const changeLimits = async (sessionId: string, body: LimitsInput) => {
    const answer = await call('POST /sessions/:id/limits', { params: { id: sessionId }, body })
    toast(w.devices.limitsChanged[answer.limits] + why(answer), { bad: answer.limits !== 'acknowledged' })
    await asked.again()
  }
  const why = ({ errorCause }: Pick<DisconnectResult, 'errorCause'>) =>
    errorCause ? w.devices.because(w.devices.causes[errorCause]) : ''
  const written = () => setVersion((n) => n + 1)

  return {
    ...asked,
    id,
    version,
    reveals,
    rename,
    setBlocked,
    markContact,
    withdrawOffers,
    forgetDevice,
    disconnect,
    changeLimits,
    written,
  }
}
