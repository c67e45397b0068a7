import { useWords } from '../../words/index.ts'

export type Family = 'uam' | 'opennds'
const families: { family: Family; taps: 'none' | 'one' }[] = [
  { family: 'uam', taps: 'none' },
  { family: 'opennds', taps: 'one' },
]

/** What hangs on the wall: one of the families we speak with, and how many taps a returning guest needs there. */
export function FamilyPicker({ value, onChange }: { value: Family; onChange: (family: Family) => void }) {
  const { sites: w } = useWords()
  return (
    <fieldset class="families">
      <legend class="vh">{w.family}</legend>
      {families.map(({ family, taps }) => (
        <label key={family} class="family">
          <input
            type="radio"
            name="family"
            class="dot"
            checked={family === value}
            onChange={() => onChange(family)}
          />
          <span>
            <b>{w.families[family]}</b>
            <small>{w.familyAbout[family]}</small>
          </span>
          <small>{w.taps[taps]}</small>
        </label>
      ))}
      <p class="foot">{w.tapsHelp}</p>
    </fieldset>
  )
}
