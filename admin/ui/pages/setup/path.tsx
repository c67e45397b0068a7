import { Icon } from '../../parts/icon.tsx'
import { useWords } from '../../words/index.ts'

export const steps = ['owner', 'business', 'site', 'gateway', 'guest'] as const
export type Step = (typeof steps)[number]

/** Where in the set-up one is; what is done says what was told. */
export function Path({ at, told }: { at: Step; told: Partial<Record<Step, string | undefined>> }) {
  const { setup: w } = useWords()
  const now = steps.indexOf(at)
  return (
    <nav aria-label={w.path}>
      <ol class="path">
        {steps.map((step, index) => (
          <li
            key={step}
            class={index < now ? 'done' : undefined}
            aria-current={index === now ? 'step' : undefined}
          >
            <span class="no">
              {index < now ? <Icon name="done" /> : index + 1}
              {index < now && <span class="vh">{w.done}</span>}
            </span>
            <div>
              <b>
                {index === now && <span class="vh">{w.now} </span>}
                {w.steps[step]}
              </b>
              {index < now && told[step] && <span class="sub">{told[step]}</span>}
            </div>
          </li>
        ))}
      </ol>
    </nav>
  )
}
