import { Main, PageHead } from '../parts/main.tsx'
import { useWords } from '../words/index.ts'

export function GuestsPage() {
  const { guests: w } = useWords()
  return (
    <Main title={w.title}>
      <PageHead title={w.title} />
    </Main>
  )
}
