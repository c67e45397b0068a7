import { useEffect, useState } from 'preact/hooks'
import type { SetupText } from '../../../api/schemas/sites.ts'
import { useAsk, useSlow } from '../../ask.ts'
import { call } from '../../call.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { CopyBox, CopyButton } from '../../parts/copy-box.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Head, TableFrame } from '../../parts/table.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'

type Of = { siteId: string; nasId: string }

/** The text with its secrets, asked for at the moment of copying: each time is written down. */
const wholeText = ({ siteId, nasId }: Of) =>
  call('POST /sites/:id/setup-text/copy', { params: { id: siteId }, body: { nasId } })

/** What to type into a gateway. Secrets are masked; they are copied with the text and shown nowhere. */
export function MaskedSetupText({ siteId, nasId }: Of) {
  const { text: w } = useWords().sites
  const mayCopy = useMay('gateways.secret')
  const { data, failure, slow, again } = useAsk('GET /sites/:id/setup-text', {
    params: { id: siteId },
    query: { nas: nasId },
  })
  if (!data) return failure ? <ErrorBox failure={failure} again={again} /> : slow ? <Skeleton /> : null
  return (
    <>
      <Steps text={data} whole={mayCopy ? () => wholeText({ siteId, nasId }) : undefined} />
      <p class="foot">{mayCopy ? w.masked : w.mayNot}</p>
    </>
  )
}

/** In the clear, only for whoever is setting the gateway up now. */
export function ClearSetupText({ siteId, nasId }: Of) {
  const { text: w } = useWords().sites
  const [text, setText] = useState<SetupText | 'refused'>()
  useEffect(() => {
    let wanted = true
    wholeText({ siteId, nasId }).then(
      (answer) => wanted && setText(answer),
      () => wanted && setText('refused'),
    )
    return () => {
      wanted = false
    }
  }, [siteId, nasId])
  const slow = useSlow(!text)
  if (!text) return slow ? <Skeleton /> : null
  if (text === 'refused') return <MaskedSetupText siteId={siteId} nasId={nasId} />
  return (
    <>
      <Steps text={text} whole={async () => text} />
      <p class="foot">{w.clear}</p>
    </>
  )
}

function Steps({ text, whole }: { text: SetupText; whole?: (() => Promise<SetupText>) | undefined }) {
  const { sites, shared } = useWords()
  const w = sites.text
  return (
    <>
      {text.steps.map((step, index) => (
        <CopyBox
          key={step.title + (step.file ?? '')}
          title={w.steps[step.title] ?? step.title}
          label={w.steps[step.title] ?? step.title}
          aside={step.file && <code class="mono small two">{step.file}</code>}
          text={step.text}
          whole={whole && (async () => (await whole()).steps[index]?.text ?? step.text)}
          mayCopy={Boolean(whole)}
        />
      ))}
      <details class="hist">
        <summary>{w.values}</summary>
        <TableFrame label={w.values}>
          <table class="grid">
            <Head
              columns={[{ label: w.setting }, { label: w.value }, { label: shared.copy, hidden: true }]}
            />
            <tbody>
              {text.values.map((row, index) => (
                <tr key={row.name}>
                  <td>{row.name}</td>
                  <td class="mono small">{row.value}</td>
                  <td class="num">
                    {(!row.secret || whole) && (
                      <CopyButton
                        text={
                          row.secret && whole
                            ? async () => (await whole()).values[index]?.value ?? ''
                            : row.value
                        }
                      />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      </details>
    </>
  )
}
