import { useEffect, useRef, useState } from 'preact/hooks'
import type { GuestProfile, Identity } from '../../../api/schemas/guests.ts'
import { call } from '../../call.ts'

/** How long a revealed number stays in sight. */
export const shownMs = 120_000

export type Revealed = { spaced: string; phone: string; until: number }

/** Numbers in the clear, each for two minutes. They live in this page only and go with it. */
export function useReveals(
  id: string,
  profile: () => GuestProfile | undefined,
  put: (profile: GuestProfile) => void,
) {
  const [shown, setShown] = useState<Record<string, Revealed>>({})
  const [asking, setAsking] = useState<Identity>()
  const timers = useRef<ReturnType<typeof setTimeout>[]>([])
  useEffect(() => () => timers.current.forEach(clearTimeout), [])

  const hide = (identityId: string) => setShown(({ [identityId]: _, ...rest }) => rest)
  const reveal = async (identity: Identity, reason: string) => {
    const answer = await call('POST /guests/:id/reveal', {
      params: { id },
      body: { reason, identityId: identity.id },
    })
    const { spaced, phone, revealedToday } = answer
    setShown((before) => ({ ...before, [identity.id]: { spaced, phone, until: Date.now() + shownMs } }))
    timers.current.push(setTimeout(() => hide(identity.id), shownMs))
    const now = profile()
    if (now) put({ ...now, revealedToday })
  }
  return { shown, hide, reveal, asking, ask: setAsking }
}

/** The number that staff would call: the primary one, else the first that is not wrong. */
export const numberOf = (profile: GuestProfile): Identity | undefined => {
  const phones = profile.identities.filter((one) => one.kind === 'phone' && !one.wrongAt)
  return phones.find((one) => one.isPrimary) ?? phones[0]
}

/** Masked values carry stars or dots. Whoever may see numbers is given them whole and has nothing to reveal. */
export const isMasked = (value: string) => /[*•]/.test(value)
