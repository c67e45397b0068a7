import { useState } from 'preact/hooks'
import type { Answer } from '../../../api/contract.ts'
import type { Plan } from '../../../api/schemas/plans.ts'
import type { Site } from '../../../api/schemas/sites.ts'
import type { Asked } from '../../ask.ts'
import { useFormat } from '../../format.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { Section } from '../../parts/main.tsx'
import { Head, TableFrame } from '../../parts/table.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { PlanDialog } from './plan-dialog.tsx'

/** Limits that the gateway keeps. A plan belongs to the business; here is what this shop uses of them. */
export function Plans({ site, plans }: { site: Site; plans: Asked<Answer<'GET /plans'>> }) {
  const words = useWords()
  const { sites, shared } = words
  const w = sites.plans
  const format = useFormat()
  const mayChange = useMay('sites.change')
  const [open, setOpen] = useState<Plan | 'new'>()
  const mbit = (bps: number | null) => (bps === null ? '–' : format.decimal(bps / 1_000_000))
  const length = (seconds: number | null) => (seconds === null ? '–' : format.length(seconds))
  const use = (plan: Plan) =>
    [
      plan.id === site.planId && w.forSignIn,
      plan.id === (site.rememberedPlanId ?? site.planId) && site.rememberedDays > 0 && w.forRemembered,
    ]
      .filter(Boolean)
      .join(', ') || w.notUsed
  const { columns } = w
  const { inShort } = words.plans
  /** What its columns do not say: quotas, hours, prepaid. */
  const more = (plan: Plan) =>
    [
      plan.dailySeconds !== null && inShort.day(format.length(plan.dailySeconds)),
      plan.dailyOctets !== null && inShort.day(format.octets(plan.dailyOctets)),
      plan.monthlySeconds !== null && inShort.month(format.length(plan.monthlySeconds)),
      plan.monthlyOctets !== null && inShort.month(format.octets(plan.monthlyOctets)),
      plan.isPrepaid && inShort.prepaid,
      plan.openingHours && inShort.hours,
    ].filter(Boolean)
  return (
    <Section
      id="plans-h"
      title={w.title}
      about={w.about}
      end={
        mayChange && (
          <button type="button" class="link" onClick={() => setOpen('new')}>
            {w.new}
          </button>
        )
      }
    >
      {plans.failure && !plans.data && <ErrorBox failure={plans.failure} again={plans.again} />}
      {plans.data && (
        <TableFrame label={w.title}>
          <table class="grid">
            <Head
              columns={[
                { label: columns.plan },
                { label: columns.use },
                { label: columns.time, num: true },
                { label: columns.speed, num: true },
                { label: columns.volume, num: true },
                { label: columns.devices, num: true },
                { label: columns.idle, num: true },
                { label: columns.guests, num: true },
              ]}
            />
            <tbody>
              {plans.data.items.map((plan) => (
                <tr key={plan.id}>
                  <td>
                    {mayChange ? (
                      <button type="button" class="act" title={shared.edit} onClick={() => setOpen(plan)}>
                        <b>{plan.name}</b>
                      </button>
                    ) : (
                      <b>{plan.name}</b>
                    )}
                    {more(plan).length > 0 && <span class="two plan-more">{more(plan).join(' · ')}</span>}
                  </td>
                  <td class="two">{use(plan)}</td>
                  <td class="num">{length(plan.sessionTimeoutSeconds)}</td>
                  <td class="num">
                    {mbit(plan.bandwidthDownBps)} / {mbit(plan.bandwidthUpBps)}
                  </td>
                  <td class="num">{plan.quotaOctets === null ? '–' : format.octets(plan.quotaOctets)}</td>
                  <td class="num">{plan.devicesMax ?? '–'}</td>
                  <td class="num">{length(plan.idleTimeoutSeconds)}</td>
                  <td class="num">{format.number(plan.guestsIn30Days)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      {open && (
        <PlanDialog
          plan={open === 'new' ? undefined : open}
          onClose={() => setOpen(undefined)}
          again={plans.again}
        />
      )}
    </Section>
  )
}
